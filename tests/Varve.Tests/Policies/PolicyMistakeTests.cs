using CsCheck;
using Varve.Policies;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class PolicyMistakeTests
{
    private const string Whole =
        "policy: p\ntable: a.b\ntime: { column: ts, unit: ms }\nseries: [a, 'b']\nmeasures:\n  x: [avg]\n  y: { column: &z w, functions: [last], ties: any }\nkeep: 1w\ntiers:\n  - { every: 1h, keep: 1y }\n  - every: 1d\n    zone: Europe/Berlin\n---\n- table: \"c\"\n  time: ts\n  keep: 1d\n- preset: munin\n  table: d\n  time: ts\n";

    private const string Head = "table: t\ntime: ts\n";

    [Theory]
    [Rule("no-medians")]
    [InlineData("schedule: '* * * *'", "VRV104", "it has 4 fields", 3, 11)]
    [InlineData("schedule: '61 * * * *'", "VRV104", "Minutes", 3, 11)]
    [InlineData("schedule: 'H * * * *'", "VRV104", "`jitter` spreads runs", 3, 11)]
    [InlineData("schedule: 5", "VRV104", "`schedule` is a cron expression, and the number 5 is none", 3, 11)]
    [InlineData("schedule: {}", "VRV105", "`schedule` says not when", 3, 11)]
    [InlineData("schedule: { every: 5 }", "VRV104", "is a period, and the number 5 is none", 3, 20)]
    [InlineData("schedule: { every: 0m }", "VRV104", "from 1 to 9999", 3, 20)]
    [InlineData("schedule: { cron: '@daily', every: 5m }", "VRV106", "both say when", 3, 36)]
    [InlineData("schedule: { cron: '0 0 30 2 *' }", "VRV122", "names no instant that ever comes", 3, 13)]
    [InlineData("schedule: { every: 1h, zone: Berlin }", "VRV115", "Did you mean `Europe/Berlin`", 3, 24)]
    [InlineData("schedule: { every: 1h, jitter: 1h }", "VRV122", "not shorter than the time between two runs, which may be 1h", 3, 24)]
    [InlineData("schedule: { every: 1h, except: [never] }", "VRV104", "`schedule.except[0]`: \"never\" is no window", 3, 33)]
    [InlineData("schedule: { every: 1h, except: sat-sun }", "VRV104", "`schedule.except` is a list", 3, 32)]
    [InlineData("schedule: { every: 1h, except: [mon-sun] }", "VRV122", "every instant lies in `except`", 3, 24)]
    [InlineData("schedule: { every: 1h, start: 2026-02-01, end: 2026-01-01 }", "VRV122", "not behind", 3, 43)]
    [InlineData("schedule: { every: 1h, start: tomorrow }", "VRV104", "no time of a calendar", 3, 31)]
    [InlineData("schedule: { every: 1h, pause_after: 0 }", "VRV104", "from 1 to 1000", 3, 37)]
    [InlineData("schedule: { every: 1h, expect_within: forever }", "VRV104", "cannot be forever", 3, 39)]
    [InlineData("schedule: { every: 1h, overlap: quee }", "VRV104", "Did you mean `queue`?", 3, 33)]
    [InlineData("schedule: { evry: 1h }", "VRV102", "in `schedule`. Did you mean `every`?", 3, 13)]
    [InlineData("tenant: acme", "VRV103", "`tenant` is not built yet", 3, 1)]
    [InlineData("shards: 2", "VRV103", "`shards`", 3, 1)]
    [InlineData("seal: sometimes", "VRV104", "`seal`", 3, 7)]
    [InlineData("heartbeat: 1m", "VRV103", "`heartbeat`", 3, 1)]
    [InlineData("archive: { drill: true }", "VRV105", "`archive` has no `to`", 3, 10)]
    [InlineData("archive: ../cold", "VRV142", "never a path", 3, 1)]
    [InlineData("archive: cold\nsource: { archive: { to: warm } }", "VRV106", "`archive` (line 3) and `source.archive`", 4, 20)]
    [InlineData("measures: { a: [p95] }", "VRV103", "percentile `p95` is not built yet", 3, 17)]
    [InlineData("measures: { a: [increase] }", "VRV103", "function `increase` is not built yet", 3, 17)]
    [InlineData("measures: { a: [rate] }", "VRV103", "function `rate`", 3, 17)]
    [InlineData("measures: { a: [time_avg] }", "VRV103", "function `time_avg`", 3, 17)]
    [InlineData("measures: { a: [time_in_state] }", "VRV103", "function `time_in_state`", 3, 17)]
    [InlineData("measures: { a: { functions: [avg], alpha: 0.1 } }", "VRV103", "`measures.a.alpha` is not built yet", 3, 36)]
    [InlineData("measures: { a: { functions: [avg], max: 10 } }", "VRV103", "`measures.a.max` is not built yet", 3, 36)]
    [InlineData(
        "measures: { a: { functions: [avg], unit: '' } }",
        "VRV104",
        "`measures.a.unit` is written behind numbers: one word",
        3,
        42
    )]
    [InlineData("measures: { a: { functions: [avg], unit: a very long unit of something } }", "VRV104", "at most 20 characters", 3, 42)]
    [InlineData("measures: { a: { functions: [avg], unit: [bytes] } }", "VRV104", "`measures.a.unit` is a unit, not a list", 3, 42)]
    [InlineData("measures: { a: [median] }", "VRV104", "`median` cannot be exact in a cascade", 3, 17)]
    [InlineData("measures: { a: [mode] }", "VRV104", "`mode` cannot be exact", 3, 17)]
    [InlineData("measures: { a: [distinct] }", "VRV104", "`distinct` cannot be exact", 3, 17)]
    [InlineData("measures: { a: [agv] }", "VRV104", "Did you mean `avg`?", 3, 17)]
    [InlineData("measures: { a: [] }", "VRV104", "has no functions", 3, 16)]
    [InlineData("measures: [a]", "VRV104", "`measures` is auto or a map", 3, 11)]
    [InlineData("measures: { a: { column: b } }", "VRV105", "`measures.a` has no `functions`", 3, 16)]
    [InlineData("lat: 2h", "VRV102", "There is no key `lat` in a policy. Did you mean `late`?", 3, 1)]
    [InlineData("source: { seal: always }", "VRV102", "There is no key `seal` in `source`; `seal` stands beside `table`.", 3, 11)]
    [InlineData("every: 1h", "VRV102", "there is `tiers[].every`", 3, 1)]
    [InlineData("whatever: 1h", "VRV102", "There are `policy`", 3, 1)]
    [InlineData("source: { kep: 1d }", "VRV102", "in `source`. Did you mean `keep`?", 3, 11)]
    [InlineData("tiers: [{ every: 1h, kepe: 1d }]", "VRV102", "in `tiers[0]`. Did you mean `keep`?", 3, 22)]
    [InlineData("tiers: [{ keep: 1d }]", "VRV105", "`tiers[0]` has no `every`", 3, 9)]
    [InlineData("tiers: { every: 1h }", "VRV104", "`tiers` is a list", 3, 8)]
    [InlineData("tiers: [1h]", "VRV104", "`tiers[0]` has keys of its own", 3, 9)]
    [InlineData("tiers: [{ every: 7m30s }]", "VRV104", "`tiers[0].every`: \"7m30s\" is not a bucket width", 3, 18)]
    [InlineData("tiers: [{ every: 2d }]", "VRV104", "48h for a fixed width", 3, 18)]
    [InlineData("tiers: [{ every: 1h, origin: yesterday }]", "VRV104", "not an instant", 3, 30)]
    [InlineData("late: 5", "VRV104", "`late`: \"5\" is not a duration", 3, 7)]
    [InlineData("late: forever", "VRV104", "cannot be forever", 3, 7)]
    [InlineData("recheck: -1d", "VRV104", "not a duration", 3, 10)]
    [InlineData("interval: 0s", "VRV104", "`interval` cannot be 0s", 3, 1)]
    [InlineData("min_coverage: 50%", "VRV104", "Write 50% as 0.5", 3, 15)]
    [InlineData("min_coverage: 1.5\ninterval: 1s", "VRV104", "a share from 0 to 1", 3, 15)]
    [InlineData("min_coverage: 0.5", "VRV116", "`min_coverage: 0.5` needs `interval`", 3, 1)]
    [InlineData("views: no", "VRV104", "In YAML 1.2 no is text", 3, 8)]
    [InlineData("proof: some", "VRV104", "There are `full`, `totals`", 3, 8)]
    [InlineData("on_silence: hodl", "VRV104", "Did you mean `hold`?", 3, 13)]
    [InlineData("arrival: 5", "VRV104", "the number 5 is none. Write it in quotes", 3, 10)]
    [InlineData("arrival: ~", "VRV104", "has no value", 3, 10)]
    [InlineData("arrival: [a]", "VRV104", "`arrival` is a name, not a list", 3, 10)]
    [InlineData("schema: ''", "VRV104", "empty name", 3, 9)]
    [InlineData("series: host", "VRV104", "`series` is a list, not \"host\". Write [host]", 3, 9)]
    [InlineData("source: 7d", "VRV104", "`source` has keys of its own", 3, 9)]
    [InlineData("source: { keep: 7d }", "VRV106", "`keep` (line 4) and `source.keep`", 3, 17)]
    [InlineData("late: 1h\nlate: 2h", "VRV106", "`late` stands twice: here and in line 3", 4, 1)]
    [InlineData("<<: { late: 1h }", "VRV104", "Merge keys", 3, 1)]
    [InlineData("late: !hours 2", "VRV104", "YAML tag !hours has no meaning", 3, 7)]
    [InlineData("? [a]\n: b", "VRV104", "A key is text", 3, 3)]
    [InlineData("zone: Berlin", "VRV115", "Did you mean `Europe/Berlin`", 3, 1)]
    [InlineData("tags: [a b]", "VRV118", "\"a b\" is not a word", 3, 8)]
    [InlineData("tags: [a, a]", "VRV114", "`a` is listed twice", 3, 11)]
    public void A_mistake_is_named_with_its_place(string line, string code, string message, int row, int column)
    {
        var problem = Problems($"{Head}{line}\nkeep: 1y").First(p => p.Code == code);
        Has(problem, code, message);
        Assert.Equal(new SourcePosition("p.yaml", row, column), problem.Position);
    }

    [Theory]
    [InlineData("", "VRV105", "no policy in it")]
    [InlineData("# nothing\n", "VRV105", "no policy in it")]
    [InlineData("---\n---\n", "VRV105", "no policy in it")]
    [InlineData("hello", "VRV104", "A policy is keys and values")]
    [InlineData("time: ts\nkeep: 1d", "VRV105", "has no `table`")]
    [InlineData("table: t\nkeep: 1d", "VRV105", "has no `time`")]
    [InlineData("table: metrics.cpu\nexcept: [metrics.x]\ntime: ts\nkeep: 1d", "VRV104", "`except` is for patterns")]
    [InlineData("table: '\"m*\".c*'\ntime: ts\nkeep: 1d", "VRV104", "has a star that is quoted and one that is not")]
    [InlineData("table: a.b.c\ntime: ts\nkeep: 1d", "VRV104", "has 3 parts")]
    [InlineData("table: t\ntime: { unit: s }\nkeep: 1d", "VRV105", "`time` has no `column`")]
    [InlineData("table: t\ntime: { column: ts, unit: min }\nkeep: 1d", "VRV104", "There are `s`, `ms`, `us`, `ns`")]
    [InlineData("table: t\n\ttime: ts\n", "VRV101", "A line is indented with a tab")]
    [InlineData("table: [t\ntime: ts\n", "VRV101", "This is not YAML")]
    [InlineData("table: *t\ntime: ts\nkeep: 1d", "VRV101", "there is no anchor &t")]
    [InlineData("table: t\ntime: ts", "VRV110", "The policy does nothing")]
    [InlineData("table: t\ntime: ts\ntiers: [{ every: 1h }]\narchive: cold", "VRV141", "kept forever")]
    [InlineData("table: t\ntime: ts\nkeep: 0s", "VRV104", "would keep nothing at all")]
    [InlineData("table: t\ntime: ts\npreset: munin\ntiers: []", "VRV106", "`preset` and `tiers` both make tiers")]
    [InlineData("table: t\ntime: ts\npreset: munin\ngraphite: '10s:6h'", "VRV106", "`preset` and `graphite` both make tiers")]
    [InlineData("table: t\ntime: ts\npreset: cacti", "VRV104", "`preset` is munin or")]
    [InlineData("table: t\ntime: ts\ngraphite: 10s", "VRV104", "is not a retention of Graphite")]
    [InlineData("table: t\ntime: ts\ngraphite: '10x:1d'", "VRV104", "a unit that Graphite does not know")]
    public void A_file_that_is_wrong_as_a_whole_is_refused(string yaml, string code, string message) => Has(Problem(yaml), code, message);

    [Fact]
    public void All_mistakes_of_a_file_are_told_at_once() =>
        Approval.Is(
            "many-mistakes",
            string.Join(
                '\n',
                Problems(
                        """
                        policy: cpu
                        table: metrics.cpu
                        time: { colum: ts }
                        serie: [host]
                        measures:
                          load: [avg, mediann, p95]
                          temp: { column: t, max: 100 }
                        keep: 7 days
                        tiers:
                          - { every: 1m, keep: 30d }
                          - { every: 90d }
                        schedule: "*/5 * * * *"
                        views: on
                        tags: [a, "b c"]
                        ---
                        table: metrics.mem
                        time: ts
                        zone: Europe/Berln
                        keep: 2h
                        tiers:
                          - { every: 1h, keep: 1d }
                          - { every: 1mo, keep: forever }
                        late: 90m
                        """
                    )
                    .Select(p => p.Text)
            )
        );

    [Fact]
    public void Whatever_is_read_it_is_a_policy_or_a_list_of_problems() =>
        Gen.Select(
                Gen.Int[0, Whole.Length],
                Gen.Int[0, Whole.Length],
                Gen.OneOf(Gen.String[Gen.Char[" \t\n-:{}[],\"'&*!|>#?%@`\\~<0aé"], 0, 6], Gen.String[0, 6])
            )
            .Sample(
                (from, length, put) =>
                {
                    var text = Whole[..from] + put + Whole[Math.Min(Whole.Length, from + (length % 20))..];
                    try
                    {
                        Assert.NotEmpty(PolicyYaml.Parse(text, "p.yaml"));
                    }
                    catch (PolicyException refused)
                    {
                        Assert.All(refused.Problems, p => Assert.True(p.Position is { Line: > 0, Column: > 0 }, p.Text));
                    }
                }
            );

    [Fact]
    public void What_comes_later_is_refused_by_name_and_nothing_else_is_said() =>
        Approval.Is(
            "not-yet",
            string.Join(
                '\n',
                Problems(
                        """
                        policy: machine-temperature
                        table: metrics.machine_temperature
                        time: ts
                        series: [machine, site]
                        measures:
                          temperature: [avg, min, max, p95, stddev]
                          energy_total: [increase, rate]
                          door: [last, time_in_state]
                        interval: 10s
                        source:
                          relocate: { after: 3d, to: { storage: warm } }
                          archive:  { to: cold }
                          keep: 7d
                        tiers:
                          - { every: 1m,  keep: 30d }
                          - { every: 1h,  keep: 2y }
                          - { every: 1d, zone: Europe/Berlin, keep: forever }
                        late: 2h
                        min_coverage: 0.5
                        schedule: "*/5 * * * *"
                        tags: [iot, prod]
                        tenant: acme
                        """
                    )
                    .Select(p => p.Text)
            )
        );

    [Theory]
    [InlineData("table: t\ntime: ts\nsource:\n  keep: 0s\n", 4, 3)]
    [InlineData("table: t\ntime: ts\nkeep: 2d\ntiers:\n  - every: 1h\n    keep: 9d\n  - every: 1w\n    keep: 8d\n", 8, 5)]
    [InlineData("table: t\ntime: ts\nkeep: 1h\ntiers:\n  - { keep: 1y, every: 1d }\n", 5, 17)]
    [InlineData("table: t\ntime: ts\nlate: 1d\ngraphite: '1d:1h'\n", 4, 1)]
    public void A_rule_is_told_at_its_key(string yaml, int row, int column) =>
        Assert.Equal(new SourcePosition("p.yaml", row, column), Problems(yaml)[0].Position);

    [Fact]
    public void A_tier_that_cannot_be_read_does_not_move_the_others()
    {
        var problems = Problems("table: t\ntime: ts\ntiers:\n  - 1h\n  - { keep: 1d }\n  - every: 1d\n    zone: Berlin\n");
        Assert.Equal(["4:5 VRV104", "5:5 VRV105", "7:5 VRV115"], problems.Select(p => $"{p.Position!.Line}:{p.Position.Column} {p.Code}"));
    }

    [Fact]
    public void Two_policies_for_one_table_are_refused()
    {
        Has(
            Problem("table: a\ntime: ts\nkeep: 1d\n---\npolicy: b\ntable: a\ntime: ts\nkeep: 2d"),
            "VRV108",
            "The table a has a policy already",
            "`a` at p.yaml:1:1"
        );
        Has(Problem("table: a\ntime: ts\nkeep: 1d\n---\npolicy: a\ntable: b\ntime: ts\nkeep: 2d"), "VRV108", "The name `a` is taken");
    }
}
