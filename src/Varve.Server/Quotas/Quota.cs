namespace Varve.Server.Quotas;

/// <summary>What a tenant may have or use only so much of.</summary>
/// <param name="Key">Its key in the configuration, and its name everywhere else.</param>
/// <param name="Name">As people read it.</param>
/// <param name="Least">The least that can be allowed.</param>
/// <param name="Most">The most.</param>
internal sealed record Quota(string Key, string Name, long Least, long Most)
{
    /// <summary>Runs that are under way at once; those behind them wait.</summary>
    internal static Quota Runs { get; } = new("runs_at_once", "runs at once", 1, 64);

    /// <summary>Rows that runs remove from one midnight to the next by UTC, of sources and tiers together.</summary>
    internal static Quota Rows { get; } = new("rows_removed_per_day", "rows removed a day", 0, 1_000_000_000_000_000);

    /// <summary>Policies, patterns and queries with a schedule.</summary>
    internal static Quota Schedules { get; } = new("schedules", "schedules", 0, 1_000_000);

    /// <summary>Policies and patterns that are stored; a pattern is one, however many tables it meets.</summary>
    internal static Quota Policies { get; } = new("policies", "policies", 0, 1_000_000);

    /// <summary>Requests a second of all tokens and sessions together.</summary>
    internal static Quota Requests { get; } = new("requests_per_second", "requests a second", 1, 100_000);

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Quota> All { get; } = [Runs, Rows, Schedules, Policies, Requests];
}

/// <summary>How much of something a tenant may have.</summary>
/// <param name="Value">So much.</param>
/// <param name="IsOwn">True where it is declared for the tenant; false where for every one.</param>
internal sealed record QuotaLimit(long Value, bool IsOwn);
