using NodaTime;
using Varve.Scheduling;
using Varve.Server.Home;
using Varve.Server.Runs;
using Varve.Server.Tests.Scheduling;
using Varve.Time;

namespace Varve.Server.Tests.Notices;

/// <summary>What is wrong for long is told when it begins, and once a day.</summary>
public abstract class LastingTests(HomeKind kind)
{
    [Fact]
    public async Task What_lasts_is_told_when_it_begins_and_once_a_day_and_another_thing_at_once()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:30Z");
        var result = Braked;
        works.Act = (_, _) => Task.FromResult(result);
        await works.LearnAsync(("p", new() { Cron = CronRule.Parse("0 */6 * * *") }, "2025-01-01T00:00Z"));
        await works.PassAsync("2026-01-01T00:30Z", "2026-01-02T23:30Z");
        Assert.Equal(["01-01T06:00 braked", "01-02T06:00 braked"], await ToldAsync(works));

        // It is over, and begins anew.
        result = new(RunState.Done, null, null, null);
        await works.TickAsync("2026-01-03T00:00Z");
        result = Braked;
        await works.TickAsync("2026-01-03T06:00Z");
        Assert.Equal(["01-03T06:00 braked"], (await ToldAsync(works)).Skip(2));

        // Another thing is wrong, and then another one still; what the second one says again is no news.
        result = Failed("VRV401");
        await works.TickAsync("2026-01-03T12:00Z");
        result = Failed("VRV440");
        await works.TickAsync("2026-01-03T18:00Z");
        await works.TickAsync("2026-01-04T00:00Z");
        Assert.Equal(["01-03T12:00 failed", "01-03T18:00 failed"], (await ToldAsync(works)).Skip(3));

        // What a person asked for is told however often.
        for (var i = 0; i < 2; i++)
        {
            var asked = new ServerRun($"m-{i}", Clockwork.Connection, "p", RunTrigger.Manual, works.Clock.Now, "ann");
            await works.Runs.AddAsync(asked, default);
            works.Queue.Admit(asked);
            await works.Queue.IdleAsync();
        }

        Assert.Equal(7, (await ToldAsync(works)).Count);
    }

    [Fact]
    public async Task A_braked_run_says_how_many_rows_wait_why_and_how_to_let_them_go()
    {
        await using var works = await Clockwork.AtAsync(kind, "2026-01-01T00:30Z");
        works.Act = (_, _) =>
            Task.FromResult(
                Braked with
                {
                    Outcome =
                        """{"policies":[{"policy":"q","brake":null},{"policy":"p","brake":{"hash":"abc123","reason":"it is the first removal","rows":5000}}]}""",
                }
            );
        await works.LearnAsync(("p", new() { Cron = CronRule.Parse("0 */6 * * *") }, "2025-01-01T00:00Z"));
        await works.TickAsync("2026-01-01T06:00Z");
        Assert.Equal(
            "p: 5,000 rows wait for a person's word before they go, because it is the first removal. To let them go: the page of the policy, or varve run p --confirm abc123",
            System
                .Text.Json.JsonDocument.Parse((await works.Deliveries.ListAsync("default", null, 10, default)).Single().Body)
                .RootElement.GetProperty("message")
                .GetString()
        );
    }

    private static RunResult Braked { get; } = new(RunState.Braked, null, null, null);

    private static RunResult Failed(string code) => new(RunState.Failed, null, null, new(code, "refused", 4, [], []));

    private static async Task<IReadOnlyList<string>> ToldAsync(Clockwork works) =>
        [
            .. (await works.Deliveries.ListAsync("default", null, 100, default))
                .OrderBy(d => d.Created)
                .Select(d => $"{InstantText.Format(d.Created)[5..16]} {d.Kind}"),
        ];
}

public sealed class LastingTestsOnDuckDb() : LastingTests(HomeKind.DuckDb);

public sealed class LastingTestsOnPostgreSql() : LastingTests(HomeKind.PostgreSql);
