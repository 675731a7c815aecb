using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// How often a cluster is asked. Requests are counted and not milliseconds: on a cluster each is a round trip, and a small one
/// costs as much as a large one.
/// </summary>
public sealed class RequestCountTests() : ConformanceSuite(CrateDbScratch.New)
{
    private static readonly Instant s_first = At("2023-01-01");

    private Task<ExecutingCrate> CrateAsync()
    {
        var scratch = (CrateDbScratch)Db;

        // A run that takes more than the second after which CrateDB refreshes by itself asks more often: on a slow machine.
        scratch.Clock = new StillClock();
        return scratch.CrateAsync();
    }

    [Fact]
    public async Task A_plan_takes_as_many_requests_for_a_thousand_partitions_as_for_three()
    {
        var crate = await CrateAsync();
        var story = await DaysAsync(1_000);
        await story.RunWellAsync("2025-10-01");
        var many = await CountAsync(crate, () => story.PlanAsync("2025-10-01"));
        foreach (var day in Enumerable.Range(3, 997).Chunk(200))
            await Db.ExecuteAsync($"DELETE FROM m.cpu WHERE day IN ({string.Join(", ", day.Select(d => Milliseconds(d)))})");
        Assert.InRange(many, 5, 8);
        Assert.InRange(await CountAsync(crate, () => story.PlanAsync("2025-10-01")), many - 1, many + 4);
    }

    [Fact]
    public async Task A_thousand_quiet_partitions_go_with_a_statement_for_two_hundred_and_none_is_closed()
    {
        var crate = await CrateAsync();
        var story = await DaysAsync(1_000, keep: "1d");
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, TimeRange.All, "until it is quiet", null));
        await story.RunWellAsync("2025-10-01");
        await story.WithAsync(l => l.ReleaseAsync("m.cpu", null));
        var from = crate.Http.Calls.Count;
        await story.RunWellAsync("2025-10-01T01:00:00Z");
        var calls = crate.Http.Calls.Skip(from).ToList();
        Assert.Empty(await story.SourceAsync());
        Assert.DoesNotContain(calls, c => c.Says("blocks.write\" = true"));
        Assert.Equal(5, calls.Count(c => c.Says("DELETE FROM \"m\".\"cpu\" WHERE \"day\" IN")));
        Assert.InRange(calls.Count, 40, 47);
    }

    [Fact]
    public async Task Without_tiers_a_thousand_partitions_go_with_less()
    {
        var crate = await CrateAsync();
        var story = await DaysAsync(1_000, "[]");
        await story.RunWellAsync("2025-10-01");

        // Years later there are runs to forget, once, which is a matter of its own.
        await Db.ExecuteAsync("DELETE FROM varve.runs");
        var from = crate.Http.Calls.Count;
        await CountAsync(crate, () => story.RunWellAsync("2029-01-01"));
        var calls = crate.Http.Calls.Skip(from).ToList();
        Assert.Empty(await story.SourceAsync());
        Assert.Equal(5, calls.Count(c => c.Says("DELETE FROM \"m\".\"cpu\" WHERE \"day\" IN")));
        Assert.InRange(calls.Count, 30, 40);
    }

    [Fact]
    public async Task A_day_of_a_tier_is_written_and_verified_with_eight_statements()
    {
        var crate = await CrateAsync();
        var story = await DaysAsync(30, "[{ every: 1h }, { every: 1d }]");
        await story.RunWellAsync("2023-01-30");
        var from = crate.Http.Calls.Count;
        var outcome = await story.RunWellAsync("2023-01-31");
        Assert.Equal(2, outcome.Done.Count);
        var calls = crate.Http.Calls.Skip(from).ToList();
        var steps = calls.FindIndex(c => c.Says("INSERT INTO \"varve\".\"steps\""));
        var data = calls.Skip(steps).Where(c => !c.Says("\"varve\"") && !c.Says("CREATE OR REPLACE VIEW")).ToList();
        Assert.Equal(2, data.Count(c => c.Says("INSERT INTO")));
        Assert.InRange(data.Count, 10, 16);
    }

    [Fact]
    public async Task A_run_with_nothing_to_do_asks_thirty_times_for_a_hundred_tables()
    {
        var crate = await CrateAsync();
        List<PolicyDocument> documents = [];
        foreach (var name in Enumerable.Range(0, 100).Select(i => $"t{i}"))
        {
            await CreateAsync(name);
            await Db.ExecuteAsync($"INSERT INTO m.{name} (ts, host, v) VALUES ({Milliseconds(0)}, 'a', 1), ({Milliseconds(1)}, 'a', 2)");
            documents.AddRange(PolicyYaml.Parse(Yaml(name, documents.Count < 20 ? "[{ every: 1d }]" : "[]"), "policy.yaml"));
        }

        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.WithAsync(lifecycle => lifecycle.ApplyAsync(documents));
        await story.RunWellAsync("2023-02-01");
        var asked = await CountAsync(crate, async () => Assert.Empty((await story.RunWellAsync("2023-02-01")).Done));
        Assert.InRange(asked, 10, 21);
    }

    [Fact]
    public async Task Tables_that_cannot_be_looked_at_leave_the_others_together()
    {
        const int tables = 40;
        var crate = await CrateAsync();
        List<PolicyDocument> documents = [];
        foreach (var name in Enumerable.Range(0, tables).Select(i => $"t{i}"))
        {
            await CreateAsync(name);
            await Db.ExecuteAsync($"INSERT INTO m.{name} (ts, host, v) VALUES ({Milliseconds(0)}, 'a', 1)");
            documents.AddRange(PolicyYaml.Parse(Yaml(name, documents.Count < 4 ? "[{ every: 1d }]" : "[]"), "policy.yaml"));
        }

        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.WithAsync(lifecycle => lifecycle.ApplyAsync(documents));
        await story.RunWellAsync("2023-02-01");
        IReadOnlyList<Planning.Plan> plans = [];
        var well = await CountAsync(crate, PlanAsync);
        Assert.DoesNotContain(plans, p => p.Failure is not null);

        // Of a table that is gone the catalogs of the cluster say so; rows of a tier's are counted with those of all others.
        await Db.ExecuteAsync("DROP TABLE m.t30");
        await Db.ExecuteAsync("DROP TABLE m.t2_1d_states");
        var broken = await CountAsync(crate, PlanAsync);
        Assert.Equal(["m.t2", "m.t30"], plans.Where(p => p.Failure is not null).Select(p => p.Policy));
        Assert.InRange(broken, well + 1, 15 * well);

        async Task PlanAsync() => plans = await story.WithAsync(l => l.PlanAsync(Selection.All, At("2023-02-01")));
    }

    /// <summary>
    /// How often the cluster was asked. What Varve itself takes, while the cluster does nothing, is said: <c>bench</c> measures it.
    /// </summary>
    private static async Task<int> CountAsync(ExecutingCrate crate, Func<Task> work)
    {
        var (from, busy, began) = (crate.Http.Calls.Count, crate.Http.Busy, Stopwatch.GetTimestamp());
        await work();
        var own = Stopwatch.GetElapsedTime(began) - (crate.Http.Busy - busy);
        var asked = crate.Http.Calls.Count - from;
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{asked} requests, {own.TotalMilliseconds:F0} ms of the client")
        );
        return asked;
    }

    private Task<long> CreateAsync(string name) =>
        Db.ExecuteAsync(
            $"""
            CREATE TABLE m.{name} (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );

    private static string Yaml(string name, string tiers = "[{ every: 1d }]", string keep = "3y") =>
        $$"""
            table: m.{{name}}
            time: ts
            series: [host]
            source: { expire: partitions }
            keep: {{keep}}
            measures: { v: [count, sum, min, max] }
            tiers: {{tiers}}
            """;

    private async Task<Story> DaysAsync(int days, string tiers = "[{ every: 1d }]", string keep = "3y")
    {
        await CreateAsync("cpu");
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        var rows = Enumerable.Range(0, days).Select(i => $"({Milliseconds(i)}, 'a', {i.ToString(CultureInfo.InvariantCulture)})");
        foreach (var some in rows.Chunk(250))
            await Db.ExecuteAsync($"INSERT INTO m.cpu (ts, host, v) VALUES {string.Join(", ", some)}");
        await story.ApplyAsync(Yaml("cpu", tiers, keep));
        return story;
    }

    private static string Milliseconds(int day) =>
        (s_first + Duration.FromDays(day)).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
