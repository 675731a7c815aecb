using System.Globalization;
using Varve.Catalog;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// Tables whose partitions say nothing of time by themselves: writers fill the column, so that the policy says how long a
/// partition is; and partitions that are closed for writes whether somebody wrote to them or not.
/// </summary>
public sealed class StatedWidthTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Stated = "source: { expire: partitions, partition: { by: day, every: 1d } }\n";
    private const string Silent = "source: { expire: partitions }\n";
    private const string Kept = "keep: 10d\ntiers: [{ every: 1h }]";

    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-03-20", "2025-04-05", "2h");

    [Theory]
    [InlineData("TIMESTAMP WITH TIME ZONE")]
    [InlineData("BIGINT")]
    [InlineData("TEXT")]
    public async Task Partitions_that_writers_fill_go_where_the_policy_says_how_long_they_are(string type)
    {
        var story = await FilledAsync(type);
        await story.ApplyAsync(Policy(Stated + Kept));
        await story.RunWellAsync("2025-04-05T12:00Z");
        Assert.Equal(At("2025-03-26"), (await story.SourceAsync()).Min(r => r.At!.Value));
        await story.ExpectTiersAsync(_rows);
        Assert.Empty((await story.RunWellAsync("2025-04-05T12:00Z")).Done);
    }

    [Fact]
    public async Task A_row_that_was_put_into_the_partition_of_another_day_keeps_that_partition()
    {
        var story = await FilledAsync("TIMESTAMP WITH TIME ZONE");
        await Db.ExecuteAsync(
            $"INSERT INTO m.cpu (ts, host, v, day) VALUES ({Milliseconds("2025-04-04T01:00Z")}, 'b', 1.5, {Milliseconds("2025-03-22")})"
        );
        await story.ApplyAsync(Policy(Stated + Kept));
        await story.RunAsync("2025-04-05T12:00Z");
        var left = await story.SourceAsync();
        Assert.Contains(left, r => r.At == At("2025-04-04T01:00Z") && Equals(r.Values[0], "b"));
        Assert.Contains(left, r => r.At == At("2025-03-22T02:00Z"));
        Assert.DoesNotContain(left, r => r.At < At("2025-03-22"));
    }

    [Fact]
    public async Task Where_nobody_says_it_a_check_tells_how_and_nothing_goes()
    {
        var story = await FilledAsync("TIMESTAMP WITH TIME ZONE");
        var warning = Assert.Single((await CheckAsync(story, Silent + Kept)).Problems, p => p.Code == "VRV152");
        Assert.True(warning.IsWarning);
        Assert.Contains("source: { partition: { by: day, every: 1d } }", warning.Message, StringComparison.Ordinal);
        await story.ApplyAsync(Policy(Silent + Kept));
        await story.RunAsync("2025-04-05T12:00Z");
        Assert.Equal(_rows.Count, (await story.SourceAsync()).Count);
        Assert.DoesNotContain((await CheckAsync(story, Stated + Kept)).Problems, p => p.Code == "VRV152");
        Assert.DoesNotContain((await CheckAsync(story, "source: { expire: rows }\n" + Kept)).Problems, p => p.Code == "VRV152");
    }

    [Theory]
    [InlineData("source: { expire: partitions, partition: { by: host, every: 1d } }", "is partitioned by `day`, and not by `host`")]
    [InlineData("source: { expire: partitions, partition: { by: day, every: 2mo } }", "No partition is 2mo long")]
    [InlineData("source: { expire: partitions, partition: { by: day, every: 1d, zone: Mars } }", "There is no time zone `Mars`")]
    public async Task What_is_no_width_of_its_partitions_is_refused(string said, string message)
    {
        var story = await FilledAsync("TIMESTAMP WITH TIME ZONE");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy($"{said}\n{Kept}")));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_tells_it_itself_is_asked_and_not_the_policy()
    {
        var story = await GeneratedAsync();
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy(Stated + Kept)));
        Assert.Equal("VRV152", refused.Code);
        Assert.Contains("tells itself how long its partitions by `day` are", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("seal: auto\n", false)]
    [InlineData("seal: always\n", true)]
    public async Task Quiet_partitions_are_closed_before_they_go_where_the_policy_says_so(string seal, bool isClosed)
    {
        var story = await GeneratedAsync();
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        await story.ApplyAsync(Policy(seal + Silent + Kept));
        await story.RunWellAsync("2025-03-29T12:00Z");
        await story.RunWellAsync("2025-03-30T00:00Z");
        var from = crate.Http.Calls.Count;
        await story.RunWellAsync("2025-04-05T12:00Z");
        Assert.Equal(At("2025-03-26"), (await story.SourceAsync()).Min(r => r.At!.Value));
        Assert.Equal(isClosed, crate.Http.Calls.Skip(from).Any(c => c.Says("blocks.write\" = true")));
    }

    private async Task<CheckReport> CheckAsync(Story story, string more) =>
        (await story.WithAsync(l => l.CheckAsync(PolicyYaml.Parse(Policy(more), "policy.yaml"))))[0];

    private async Task<Story> FilledAsync(string type)
    {
        await Db.ExecuteAsync(
            $"""
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION, day {type})
            CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        await Db.ExecuteAsync(
            $"INSERT INTO m.cpu (ts, host, v, day) VALUES {string.Join(", ", _rows.Select(r => $"({Values(r)}, {Day(r, type)})"))}"
        );
        return new(Db, Cpu(TimeKind.TimestampTz));
    }

    private async Task<Story> GeneratedAsync()
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        await Db.ExecuteAsync($"INSERT INTO m.cpu (ts, host, v) VALUES {string.Join(", ", _rows.Select(r => $"({Values(r)})"))}");
        return new(Db, Cpu(TimeKind.TimestampTz));
    }

    private static string Values(SourceRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.At!.Value.ToUnixTimeMilliseconds()}, '{row.Values[0]}', {row.Values[1]}");

    private static string Day(SourceRow row, string type)
    {
        var day = row.At!.Value.InUtc().Date;
        return type == "TEXT"
            ? $"'{day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)}'"
            : Milliseconds(day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture));
    }

    private static string Milliseconds(string at) => At(at).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
