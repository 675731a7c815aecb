using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>
/// From a table to the proposal of a policy: look, choose, write. What decides is in the rules, what reads in <see
/// cref="Profiler"/>.
/// </summary>
internal sealed class Proposer(IEngine engine, Instant now)
{
    /// <exception cref="PolicyException">The table is none, or a person has to say something first.</exception>
    public async Task<PolicyDraft> ProposeAsync(
        IStatements statements,
        TableDescription table,
        string name,
        ProposalChoices choices,
        CancellationToken cancellationToken
    )
    {
        if (LayoutRulesReadOnly.Refused(table) is { } reason)
            throw new PolicyException(PolicyCodes.NotATable, reason);
        if (choices.Ttl is not null && LayoutRulesReadOnly.Kept(table) is { } kept)
            throw new PolicyException(PolicyCodes.NotATable, $"{kept}: it has no time to live. Leave --ttl out, and it is rolled up.");
        var rows = await statements.MeasureAsync([table.Table], withBytes: false, cancellationToken) is [var size] ? size.Rows : 0;
        var profiler = new Profiler(engine.Dialect, statements, table, rows);
        var profile = await profiler.LookAsync(cancellationToken);
        var time = TimeColumnChoice.Of(profile, choices.Time);
        if (choices.Ttl is { } ttl)
        {
            var byRows = engine.Capabilities.Partitioning is { PartsOnly: true } && table.Pieces?.Column != time.Column.Name;
            return new(name, table.Table, TtlText.Write(name, table.Table, time, ttl, choices.Archive, byRows));
        }

        var (extent, window) = await profiler.StretchAsync(time.Column, now, cancellationToken);
        var picks = await new ColumnRoles(profiler, profile, time.Column, window).PickAsync(choices.Series, cancellationToken);
        var series = picks.Where(p => p.Role is ColumnRole.Series).Select(p => p.Column.Column.Name).ToList();
        var (ties, pace) = (0L, (Pace?)null);
        if (window is { } stretch)
        {
            ties = await profiler.TiesAsync(time.Column, stretch, series, cancellationToken);
            pace = await profiler.PaceAsync(time.Column, stretch, series, cancellationToken);
        }

        var findings = new Findings(profile, time, picks, extent, ties, pace, engine.Capabilities.MaxColumns);
        return new(name, table.Table, DraftText.Write(name, findings));
    }
}

/// <summary>Everything that a proposal says.</summary>
/// <param name="Profile">The table.</param>
/// <param name="Time">Its time column.</param>
/// <param name="Picks">Its other columns.</param>
/// <param name="Extent">Its oldest and newest instant; null without rows.</param>
/// <param name="Ties">Rows that were looked at and share instant and series with another one.</param>
/// <param name="Pace">How often a series has a value; null where no series has two.</param>
/// <param name="MaxColumns">The most columns of a tier.</param>
internal sealed record Findings(
    TableProfile Profile,
    TimeColumnChoice Time,
    IReadOnlyList<ColumnPick> Picks,
    TimeRange? Extent,
    long Ties,
    Pace? Pace,
    int MaxColumns
);
