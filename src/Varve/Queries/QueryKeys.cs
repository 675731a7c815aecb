using Varve.Policies;

namespace Varve.Queries;

/// <summary>Every key of a query. The documentation has the same table.</summary>
internal static class QueryKeys
{
    internal static IReadOnlyList<PolicyKey> All { get; } =
    [
        new("query", KeyKind.Name, "required", "Its name."),
        new("sql", KeyKind.Text, "required", "One statement; {from} and {to} are the ends of the window, as timestamps in UTC."),
        new(
            "schedule",
            KeyKind.Keys,
            "required",
            "When windows end: a cron expression, or `cron`, `every`, `zone`, `jitter`, `pause_after`, `expect_within` as in a policy."
        )
        {
            Short = "cron",
        },
        new("zone", KeyKind.Zone, "UTC", "The zone whose clock the schedule goes by."),
        new("start_date", KeyKind.Text, "when it is stored", "The first window begins there: a local date or time, or an instant with Z."),
        new("end_date", KeyKind.Text, "none", "No window ends after it."),
        new("catchup", KeyKind.Choice, "all", "Which windows that were missed are done: all, oldest first; the latest; or none.")
        {
            Choices = ["all", "latest", "none"],
        },
        new("retries", KeyKind.Count, "0", "How often a window that failed is tried again, up to 20 times."),
        new("timeout", KeyKind.Duration, "1h", "How long one window may take."),
        new("into", KeyKind.Table, "nowhere: the statement is run as it is", "The table that the rows go to, by the names of its columns."),
        new(
            "write",
            KeyKind.Choice,
            "append",
            "append adds the rows, once for each window; replace puts them in place of what the window holds."
        )
        {
            Choices = ["append", "replace"],
        },
        new("time", KeyKind.Name, "required by `write: replace`", "The column of the table that says in which window a row is."),
        new("tags", KeyKind.Words, "none", "Words by which people find it."),
    ];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(k => k.Name)];
}
