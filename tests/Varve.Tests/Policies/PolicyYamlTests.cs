using NodaTime;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class PolicyYamlTests
{
    private const string Head = "table: t\ntime: ts\n";

    [Fact]
    public void Every_key_that_is_built_is_read()
    {
        var policy = Policy(
            """
            policy: machine-temperature
            table: metrics.machine_temperature
            time: { column: ts, unit: ms }
            series: [machine, site]
            measures:
              temperature: { functions: [avg, min, max, stddev], unit: °C }
              door: last
              power: { column: "p 1", functions: [first, last], ties: any }
            interval: 10s
            source: { keep: 7d, expire: rows, archive: { to: cold-1, drill: true } }
            tiers:
              - { every: 1m, keep: 30d }
              - { every: 1h, keep: 2y, origin: 2025-01-01T00:30Z, name: hourly }
              - { every: 1d, zone: Europe/Berlin }
            late: 2h
            recheck: 3d
            proof: totals
            arrival: seen
            min_coverage: 0.5
            zone: Europe/Vienna
            on_silence: hold
            proof_changes: follow
            late_after_expiry: discard
            ties: any
            schema: rolled
            views: false
            tags: [iot, prod]
            """
        );

        Assert.Equal("machine-temperature", policy.Name);
        Assert.Equal(new TableName("metrics", "machine_temperature"), policy.Table);
        Assert.Equal(("ts", TimeUnit.Milliseconds), (policy.Time, policy.Unit));
        Assert.Equal(["machine", "site"], policy.Series);
        Assert.Equal(["temperature", "door", "power"], policy.Measures!.Select(m => m.Name));
        Assert.Equal(("°C", null), (policy.Measures![0].Unit, policy.Measures[1].Unit));
        Assert.Equal([Function.Last], policy.Measures![1].Functions);
        Assert.Equal(("p 1", Ties.Any), (policy.Measures![2].Column, policy.Measures[2].Ties));
        Assert.Equal(("7d", "10s", "2h", "3d"), (policy.Keep.Text, policy.Interval!.Text, policy.Late.Text, policy.Recheck!.Text));
        Assert.Equal(["1m", "1h", "1d"], policy.Tiers.Select(t => t.Every.Name));
        Assert.Equal(["30d", "2y", "forever"], policy.Tiers.Select(t => t.Keep.Text));
        Assert.Equal(("hourly", Instant.FromUtc(2025, 1, 1, 0, 30)), (policy.Tiers[1].Name, policy.Tiers[1].Origin));
        Assert.Equal(("Europe/Berlin", "Europe/Vienna"), (policy.Tiers[2].Zone, policy.Zone));
        Assert.Equal(
            (Proof.Totals, Ties.Any, OnSilence.Hold, LateAfterExpiry.Discard, ProofChanges.Follow),
            (policy.Proof, policy.Ties, policy.OnSilence, policy.LateAfterExpiry, policy.ProofChanges)
        );
        Assert.Equal(("seen", 0.5, "rolled", false), (policy.Arrival, policy.MinCoverage, policy.Schema, policy.Views));
        Assert.Equal(["iot", "prod"], policy.Tags);
        Assert.Equal(new Archive("cold-1", Drill: true), policy.Archive);
    }

    [Theory]
    [InlineData("archive: cold")]
    [InlineData("archive: { to: cold }")]
    [InlineData("source: { archive: cold }")]
    [InlineData("source: { archive: { to: cold, drill: false } }")]
    public void An_archive_may_be_said_in_short(string text) =>
        Assert.Equal(new Archive("cold"), Policy($"{Head}keep: 7d\n{text}\n").Archive);

    [Fact]
    public void What_is_not_given_has_its_default()
    {
        var policy = Policy("table: metrics.cpu\ntime: ts\nkeep: 7d");

        Assert.Equal("metrics.cpu", policy.Name);
        Assert.False(policy.SaysSeries);
        Assert.Empty(policy.Series);
        Assert.Empty(policy.Measures!);
        Assert.Equal(("0s", "UTC", true), (policy.Late.Text, policy.Zone, policy.Views));
        Assert.True(Policy("table: t\ntime: ts\nkeep: 7d\nseries: []").SaysSeries);
    }

    [Fact]
    public void Measures_auto_is_left_to_the_table() => Assert.Null(Policy(Head + "keep: 7d\nmeasures: auto").Measures);

    [Fact]
    public void Documents_and_lists_hold_several_policies_with_their_text_and_places()
    {
        var documents = PolicyYaml.Parse("# first\ntable: a\ntime: ts\nkeep: 1d\n---\ntable: b\ntime: ts\nkeep: 2d\n", "p.yaml");
        Assert.Equal(["# first\ntable: a\ntime: ts\nkeep: 1d", "table: b\ntime: ts\nkeep: 2d"], documents.Select(d => d.Yaml));
        Assert.Equal(new SourcePosition("p.yaml", 8, 1), documents[1].At("keep"));

        documents = PolicyYaml.Parse("# all\n- table: a\n  time: ts\n  keep: 1d\n- table: b\n  time: ts\n  keep: 2d\n", "p.yaml");
        Assert.Equal(["  table: a\n  time: ts\n  keep: 1d", "  table: b\n  time: ts\n  keep: 2d"], documents.Select(d => d.Yaml));
        Assert.All(documents, d => Assert.Equal(PolicyJson.Canonical(d.Policy), PolicyJson.Canonical(Policy(d.Yaml))));
    }

    [Fact]
    public void An_alias_stands_for_the_value_of_its_anchor()
    {
        var documents = PolicyYaml.Parse(
            "- { table: a, time: ts, tags: &t [x, y], keep: 1d }\n- { table: b, time: ts, tags: *t, keep: 1d }",
            "p.yaml"
        );
        Assert.Equal(["x", "y"], documents[1].Policy.Tags);
    }

    [Theory]
    [InlineData("we\"ird; drop table x --")]
    [InlineData("Größe")]
    [InlineData("select")]
    [InlineData("日本語 名前")]
    [InlineData("a.b")]
    [InlineData("it's 'quoted'")]
    [InlineData("true")]
    [InlineData("123")]
    public void Any_name_is_read_as_it_is_written(string name)
    {
        var quoted = "'" + name.Replace("'", "''", StringComparison.Ordinal) + "'";
        var policy = Policy(
            $"policy: {quoted}\ntable: {"'\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "\"'"}\ntime: ts\nseries: [{quoted}]\nkeep: 1d"
        );
        Assert.Equal((name, new TableName(null, name), name), (policy.Name, policy.Table, policy.Series[0]));
    }

    [Fact]
    public void Munin_is_four_tiers_and_bounds_the_source_too()
    {
        var policy = Policy(Head + "preset: munin");
        Assert.Equal(["5m 2d", "30m 9d", "2h 45d", "1d 450d"], policy.Tiers.Select(t => $"{t.Every.Name} {t.Keep.Text}"));
        Assert.Equal("2d", policy.Keep.Text);
        Assert.Null(policy.Measures);
        Assert.Equal("1d", Policy(Head + "preset: munin\nkeep: 1d").Keep.Text);
    }

    [Theory]
    [InlineData("graphite: '10s:6h,1m:7d,10m:5y'", "10s 6h, 1m 7d, 10m 5y", "6h")]
    [InlineData("preset: { graphite: '60:1440, 15min:30days' }", "1m 1d, 15m 30d", "1d")]
    [InlineData("preset: { graphite: '10s:5m,1m:1d,1h:30d,1d:1y,30d:10y' }", "10s 5m, 1m 1d, 1h 30d, 1d 1y, 720h 10y", "5m")]
    [InlineData("graphite: '1d:2y,7d:5y,2w:10y,1y:20y'", "1d 2y, 168h 5y, 336h 10y, 1y 20y", "2y")]
    [InlineData("graphite: '2y:20y'", "17520h 20y", "20y")]
    public void Retentions_of_graphite_are_tiers(string line, string tiers, string keep)
    {
        var policy = Policy($"{Head}{line}");
        Assert.Equal(tiers, string.Join(", ", policy.Tiers.Select(t => $"{t.Every.Name} {t.Keep.Text}")));
        Assert.Equal(keep, policy.Keep.Text);
    }
}
