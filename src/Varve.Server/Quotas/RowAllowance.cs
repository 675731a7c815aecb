using NodaTime;
using Varve.Server.Home;

namespace Varve.Server.Quotas;

/// <summary>What one run removes, day by day: asked for before rows go, and known once it has ended.</summary>
/// <param name="quotas">What the tenant may remove.</param>
/// <param name="home">The clock.</param>
/// <param name="run">The run.</param>
/// <param name="tenant">Whose rows they are.</param>
/// <param name="undoes">True where a step that does not come to its end leaves nothing behind.</param>
internal sealed class RowAllowance(TenantQuotas quotas, HomeDatabase home, ServerRun run, string tenant, bool undoes)
{
    private Instant? _day;

    // What it had removed when the day began.
    private long _before;
    private long _allowed;

    /// <summary>Why rows stayed; null where all went that were to go.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Asks before rows go; null where nobody has to be asked.</summary>
    public Execution.RemovalAllowance? Asking => quotas.Of(tenant, Quota.Rows) is null ? null : AskAsync;

    /// <summary>What it removed on the day on which it removed last; null where it removed nothing.</summary>
    /// <param name="total">What it removed in all.</param>
    public RemovedRows? Removed(long total)
    {
        var today = total - _before;
        if (!undoes)
            today = Math.Max(today, _allowed);
        return today == 0 && _day is null ? null : new(tenant, _day ?? RemovedRows.DayOf(home.Now()), today);
    }

    private async Task<string?> AskAsync(long before, long rows, CancellationToken cancellationToken)
    {
        var day = RemovedRows.DayOf(home.Now());
        if (day != _day)
            (_day, _before, _allowed) = (day, before, 0);
        var asked = new RemovedRows(tenant, day, before - _before + rows);
        var refused = await quotas.AllowAsync(run, asked, rows, Refusal is null, cancellationToken);
        if (refused is null)
            _allowed = asked.Rows;
        Refusal ??= refused;
        return refused;
    }
}
