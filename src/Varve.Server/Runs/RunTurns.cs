using System.Globalization;
using Varve.Server.Home;

namespace Varve.Server.Runs;

/// <summary>
/// Whose turn it is: of those that may begin, one of the tenant that has the fewest under way, and of several such the one
/// whose last began longest ago. A tenant that asks for much waits for itself.
/// </summary>
internal sealed class RunTurns(RunLimits limits)
{
    private readonly Dictionary<string, long> _begun = new(StringComparer.Ordinal);
    private long _turn;

    /// <summary>Whose a run is.</summary>
    internal string TenantOf(ServerRun run) => limits.TenantOf(run.Connection);

    /// <summary>The one that begins next; null where none may.</summary>
    /// <param name="waiting">In the order in which they came.</param>
    /// <param name="active">Those that are under way.</param>
    internal ServerRun? Next(IReadOnlyList<ServerRun> waiting, IReadOnlyList<ServerRun> active)
    {
        var next = waiting
            .Where(r => Hindrance(r, active) is null)
            .Select(r => new { Run = r, Tenant = TenantOf(r) })
            .MinBy(r => (active.Count(a => TenantOf(a) == r.Tenant), _begun.GetValueOrDefault(r.Tenant)))
            ?.Run;
        if (next is not null)
            _begun[TenantOf(next)] = ++_turn;
        return next;
    }

    /// <summary>Why a run that waits does not begin; null where it may.</summary>
    internal string? Hindrance(ServerRun run, IReadOnlyList<ServerRun> active)
    {
        if (limits.Held(run) is { } held)
            return held;
        if (active.Count >= limits.AtOnce)
            return Said($"{limits.AtOnce} runs are under way, which is all that this server does at once");
        var ofConnection = limits.OfConnection(run.Connection);
        if (active.Count(a => a.Connection == run.Connection) >= ofConnection)
            return Said(
                $"{ofConnection} of {run.Connection} {(ofConnection == 1 ? "is" : "are")} under way, which is all that it has at once"
            );
        var tenant = TenantOf(run);
        if (limits.OfTenant(tenant) is { } most && active.Count(a => TenantOf(a) == tenant) >= most)
            return Said(
                $"{most} of the tenant {tenant} {(most == 1 ? "is" : "are")} under way, which is all that its quota allows at once"
            );
        return run.Policy.Length > 0 && run.Backfill is null && active.Any(a => a.Backfill is null && a.Key == run.Key)
            ? $"another run of {run.Policy} is under way"
            : null;
    }

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
