using CsCheck;
using NodaTime;
using Varve.Policies;
using Varve.Scheduling;
using Varve.Time;
using Xunit;

namespace Varve.Tests.Policies;

public sealed class PolicyJsonTests
{
    private static readonly Gen<string> Name = Gen.OneOf(
        Pick("ts", "we\"ird; drop table x --", "Größe", "select", "a.b", " ", "日本 語", "\\", "'", "\n", "😀"),
        Gen.Char['!', '~'].Array[1, 12].Select(c => new string(c))
    );

    private static readonly Gen<Keep> Keeps = Pick("0s", "90s", "60m", "36h", "7d", "2w", "18mo", "12mo", "1q", "2y", "forever")
        .Select(Keep.Parse);

    private static readonly Gen<Ties?> TiesOrNot = Pick<Ties?>(null, Ties.Smallest, Ties.Any);

    private static readonly Gen<Measure> Measures = Gen.Select(Name, Name, Gen.Enum<Function>().Array[1, 4], TiesOrNot, Name.Null())
        .Select(
            (name, column, functions, ties, unit) =>
                new Measure
                {
                    Name = name,
                    Column = column,
                    Functions = functions,
                    Ties = ties,
                    Unit = unit,
                }
        );

    private static readonly Gen<Tier> Tiers = Gen.Select(
            Pick("1500ms", "90s", "1h", "24h", "1d", "1w", "3mo", "1y"),
            Keeps,
            Name.Null(),
            Gen.Long[-4_000_000_000_000, 4_000_000_000_000],
            Name.Null()
        )
        .Select(
            (every, keep, zone, origin, name) =>
                new Tier
                {
                    Every = Width.Parse(every),
                    Keep = keep,
                    Zone = zone,
                    Origin = Instant.FromUnixTimeMilliseconds(origin),
                    Name = name,
                }
        );

    private static readonly Gen<Policy> Whole =
        from name in Name
        from schema in Name.Null()
        from table in Name
        from unit in Pick<TimeUnit?>(null, TimeUnit.Seconds, TimeUnit.Nanoseconds)
        from series in Name.Array[0, 3].Null()
        from measures in Measures.Array[0, 3].Null()
        from tiers in Tiers.Array[0, 3]
        from keeps in Keeps.Array[4]
        from hops in Gen.Select(Keeps, Name, Name.Null()).Select((after, to, attribute) => new Hop(after, new(to, attribute))).Array[0, 2]
        from given in Gen.Bool.Array[3]
        from share in Gen.Double[0, 1]
        from choices in Gen.Select(
            Gen.Enum<Proof>(),
            Gen.Enum<Ties>(),
            Gen.Enum<OnSilence>(),
            Gen.Enum<LateAfterExpiry>(),
            Gen.Enum<ProofChanges>()
        )
        from tags in Name.Array[0, 2]
        from schedule in Pick<Schedule?>(
            null,
            new() { Cron = CronRule.Parse("*/5 * * * *") },
            new()
            {
                Every = RunPeriod.Parse("2w"),
                Zone = "Europe/Berlin",
                Start = ScheduleMoment.Parse("2024-02-25T02:01"),
                End = ScheduleMoment.Parse("2030-01-01T00:00Z"),
                Except = [ExceptWindow.Parse("sat-sun")],
            },
            new()
            {
                Cron = CronRule.Parse("@daily"),
                Jitter = Keep.Parse("10m"),
                Overlap = Overlap.Queue,
                PauseAfter = 3,
                ExpectWithin = Keep.Parse("26h"),
            }
        )
        select With(
            series,
            new()
            {
                Name = name,
                Table = new(schema, table),
                Time = name,
                Unit = unit,
                Measures = measures,
                Tiers = tiers,
                Keep = keeps[0],
                Relocate = hops,
                Late = keeps[1],
                Recheck = given[0] ? keeps[2] : null,
                Interval = given[1] ? keeps[3] : null,
                MinCoverage = given[2] ? share : 0,
                Arrival = schema,
                Proof = choices.Item1,
                Ties = choices.Item2,
                OnSilence = choices.Item3,
                ProofChanges = choices.Item5,
                LateAfterExpiry = choices.Item4,
                Zone = given[0] ? "UTC" : "Europe/Berlin",
                Schema = schema,
                Views = given[1],
                Schedule = schedule,
                Tags = tags,
            }
        );

    [Fact]
    public void What_is_written_reads_as_the_same_policy() =>
        Whole.Sample(policy =>
        {
            var text = PolicyJson.Canonical(policy);
            var read = PolicyJson.Read(text);
            Assert.Equal(text, PolicyJson.Canonical(read));
            Assert.Equal(policy.SaysSeries, read.SaysSeries);
            Assert.Equal(policy.Series, read.Series);
            Assert.Equal(
                (policy.Table, policy.Keep, policy.MinCoverage, policy.Measures is null),
                (read.Table, read.Keep, read.MinCoverage, read.Measures is null)
            );
            Assert.Equal(policy.Tiers, read.Tiers);
            Assert.Equal(policy.Tags, read.Tags);
            Assert.Equal(policy.Schedule?.Text, read.Schedule?.Text);
        });

    [Theory]
    [InlineData(ExpireBy.Auto)]
    [InlineData(ExpireBy.Partitions)]
    [InlineData(ExpireBy.Rows)]
    public void How_rows_go_is_written_and_read(ExpireBy by)
    {
        var policy = Texts.Policy("{ table: m.cpu, time: ts, keep: 1d }") with { ExpireBy = by };
        Assert.Equal(by, PolicyJson.Read(PolicyJson.Canonical(policy)).ExpireBy);
    }

    [Fact]
    public void The_text_and_the_hash_are_the_same_for_ever()
    {
        var policy = Texts.Policy(
            "{ table: metrics.cpu, time: ts, series: [host], measures: { load: [avg, max], Größe: last }, keep: 1w, late: 60m, tiers: [{ every: 60m, keep: 12mo }, { every: 1d, zone: Europe/Berlin }] }"
        );
        Assert.Equal(
            """{"policy":"metrics.cpu","table":"metrics.cpu","time":"ts","series":["host"],"measures":[{"name":"load","functions":["avg","max"]},{"name":"Größe","functions":["last"]}],"keep":"7d","tiers":[{"every":"1h","keep":"1y"},{"every":"1d","zone":"Europe/Berlin"}],"late":"1h"}""",
            PolicyJson.Canonical(policy)
        );
        Assert.Equal("658e469446f43a6a83207ad725f2f62b331856207fa366e97f28077a529cc271", PolicyJson.Hash(policy));
    }

    [Theory]
    [InlineData("nonsense", "not the JSON of a policy")]
    [InlineData("[]", "not the JSON of a policy")]
    [InlineData("""{"policy":"a","table":"a"}""", "\"time\" is missing")]
    [InlineData("""{"policy":"a","table":"a","time":"t","tomorrow":1}""", "\"tomorrow\" is not known to this version")]
    [InlineData("""{"policy":"a","table":"a","time":"t","keep":7}""", "not the JSON of a policy")]
    [InlineData("""{"policy":"a","table":"a","time":"t","proof":"1"}""", "none of full, totals")]
    public void Other_text_is_refused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<PolicyException>(() => PolicyJson.Read(json)).Message, StringComparison.Ordinal);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Policy With(IReadOnlyList<string>? series, Policy policy) => series is null ? policy : policy with { Series = series };
}
