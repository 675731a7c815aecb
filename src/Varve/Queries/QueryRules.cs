using NodaTime;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Queries;

/// <summary>What a query cannot be, whatever the database is.</summary>
internal static class QueryRules
{
    private const int LongestName = 100;

    /// <param name="query">The query.</param>
    /// <param name="wrong">Takes the key, the code and the message of each problem.</param>
    internal static void Check(RecurrentQuery query, Action<string, string, string> wrong)
    {
        if (query.Name.Length > LongestName || query.Name.Any(c => char.IsControl(c) || c == '/'))
            wrong("query", PolicyCodes.WrongValue, $"`query: {query.Name}` is no name of a query: at most 100 characters, and no slash.");
        if (query.Timeout.Longest == Duration.Zero)
            wrong("timeout", PolicyCodes.WrongValue, "`timeout: 0s` lets no window end. Write a duration such as 10m.");
        Writing(query, wrong);
        foreach (
            var zone in new[] { query.Zone, query.Schedule.Zone }
                .OfType<string>()
                .Where(z => !DateTimeZoneProviders.Tzdb.Ids.Contains(z))
                .Distinct()
        )
        {
            wrong("zone", PolicyCodes.UnknownZone, $"There is no zone {zone}. Write one such as Europe/Berlin.");
            return;
        }

        List<Problem> found = [];
        ScheduleRules.Check(
            new()
            {
                Name = query.Name,
                Table = new(null, "q"),
                Time = "t",
                Zone = query.Zone,
                Schedule = query.Schedule,
            },
            found
        );
        foreach (var problem in found.Where(p => !p.IsWarning))
            wrong("schedule", problem.Code, problem.Message);
        if (found.Exists(p => !p.IsWarning) || query.End is null || query.Start is null)
            return;
        if (query.Times().Next(query.Times().First(Instant.MinValue)) is null)
            wrong(
                "end_date",
                PolicyCodes.NeverRuns,
                $"No window lies between `start_date: {query.Start.Text}` and `end_date: {query.End.Text}`."
            );
    }

    private static void Writing(RecurrentQuery query, Action<string, string, string> wrong)
    {
        if (query.Into is null)
        {
            if (query.Write != WindowWriting.Append)
                wrong("write", PolicyCodes.WrongValue, "`write` says how rows get into a table, and there is no `into`.");
            if (query.Time is not null)
                wrong("time", PolicyCodes.WrongValue, "`time` is a column of the table that rows go to, and there is no `into`.");
            return;
        }

        if (query.Write == WindowWriting.Replace && query.Time is null)
            wrong(
                "write",
                PolicyCodes.MissingKey,
                "`write: replace` needs `time`: the column of the table that says in which window a row is."
            );
        if (query.Time is { } time && (time.Contains('\0', StringComparison.Ordinal) || time.Length == 0))
            wrong("time", PolicyCodes.WrongValue, "`time` is the name of a column.");
        if (!query.Sql.HasWindow)
            wrong(
                "sql",
                PolicyCodes.WrongValue,
                "`sql` has not both {from} and {to}: each window would give the same rows. Write … WHERE ts >= {from} AND ts < {to} …."
            );
    }
}
