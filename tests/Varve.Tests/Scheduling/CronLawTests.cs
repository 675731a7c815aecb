using Cronos;
using CsCheck;
using NodaTime;
using Varve.Scheduling;
using Xunit;

namespace Varve.Tests.Scheduling;

/// <summary>The zone data are ours, the rules at clock changes are those of Cronos: both give the same instants.</summary>
public sealed class CronLawTests
{
    private static readonly string[] Zones =
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Toronto",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Asia/Kolkata",
    ];

    private static readonly string[] Rules =
    [
        "* * * * *",
        "*/5 * * * *",
        "0 * * * *",
        "30 * * * *",
        "0 2 * * *",
        "30 2 * * *",
        "0,30 2 * * *",
        "0 1-3 * * *",
        "15 */2 * * *",
        "30 1 * * 0",
        "0 0 * * *",
        "0 0 1 * *",
        "59 23 31 12 *",
        "*/20 1,2 * * *",
        "@hourly",
        "@daily",
        "0 0 * * * *",
        "*/10 * * * * *",
        "5 30 2 * * *",
    ];

    // Around the clock changes of twelve years: a day before to a day after, to the second.
    private static readonly Gen<Instant> Moments =
        from year in Gen.Int[2012, 2023]
        from change in Pick((3, 10), (3, 31), (10, 5), (10, 29), (11, 5), (4, 6), (7, 1))
        from seconds in Gen.Int[-4 * 86_400, 4 * 86_400]
        select Instant.FromUtc(year, change.Item1, change.Item2, 0, 0) + Duration.FromSeconds(seconds);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void Instants_are_those_of_Cronos() =>
        Gen.Select(Pick(Zones), Pick(Rules), Moments)
            .Sample(
                (zone, text, after) =>
                {
                    var rule = CronRule.Parse(text);
                    var expected = CronExpression
                        .Parse(text, text.Split(' ').Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard)
                        .GetNextOccurrence(after.ToDateTimeUtc(), TimeZoneInfo.FindSystemTimeZoneById(zone));
                    Assert.Equal(Instant.FromDateTimeUtc(expected!.Value), CronClock.Next(rule, DateTimeZoneProviders.Tzdb[zone], after));
                },
                iter: 20_000
            );

    [Fact]
    public void Nothing_comes_twice_and_nothing_goes_back() =>
        Gen.Select(Pick(Zones), Pick(Rules), Moments)
            .Sample(
                (zone, text, after) =>
                {
                    var (rule, tzdb) = (CronRule.Parse(text), DateTimeZoneProviders.Tzdb[zone]);
                    for (var i = 0; i < 50; i++)
                    {
                        var next = CronClock.Next(rule, tzdb, after)!.Value;
                        Assert.True(next > after);
                        after = next;
                    }
                },
                iter: 500
            );
}
