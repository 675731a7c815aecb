using NodaTime;
using Varve.Reading;

namespace Varve.Cli.Render;

/// <summary>The time of a zone beside every instant of an answer; where the zone is UTC there is nothing to add.</summary>
internal static class LocalColumn
{
    internal const string Name = "varve_local";
    private const string Seconds = "varve_seconds";

    /// <summary>The answer with the column behind the time: a date for buckets of days, else date, time and offset.</summary>
    internal static QueryAnswer With(QueryAnswer answer)
    {
        var zone = ZoneOf(answer);
        if (zone == DateTimeZone.Utc)
            return answer;
        var seconds = answer.Columns.ToList().IndexOf(Seconds);
        return answer with
        {
            Columns = [answer.Columns[0], Name, .. answer.Columns.Skip(1)],
            Rows =
            [
                .. answer.Rows.Select(
                    (row, i) => (IReadOnlyList<object?>)[row[0], Local(answer.Starts[i], row[seconds], zone), .. row.Skip(1)]
                ),
            ],
        };
    }

    internal static DateTimeZone ZoneOf(QueryAnswer answer) =>
        answer.Zone is "UTC" ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb[answer.Zone];

    private static string Local(Instant start, object? seconds, DateTimeZone zone) =>
        LocalText.Of(start, AnswerScreen.Number(seconds) ?? 0, zone);
}
