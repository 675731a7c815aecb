using NodaTime;
using Varve.DuckDb;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>Statements hold the boundaries of calendar buckets: their text grows as the boundaries do, and not faster.</summary>
public sealed class StatementLengthTests
{
    private const string Stretches = "stretches of buckets that one formula finds";

    private static readonly DuckDbDialect s_dialect = new("memory");

    public static TheoryData<string, string> Widths
    {
        get
        {
            TheoryData<string, string> widths = [];
            foreach (var zone in new[] { "UTC", "Europe/Berlin" })
                foreach (var every in new[] { "1h", "1d", "1w", "1mo", "1q", "1y" })
                    widths.Add(every, zone);
            return widths;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_statement_over_300_years_grows_as_its_boundaries_do_and_is_never_longer_than_two_megabytes(string every, string zone)
    {
        foreach (var unit in new[] { "", "unit: s", "unit: ns" })
        {
            var (half, whole) = (Lengths(every, zone, unit, 150), Lengths(every, zone, unit, 300));
            Assert.Equal(15, whole.Count);
            foreach (var (name, length) in whole)
            {
                Assert.True(length < 2_000_000, FormattableString.Invariant($"{name} {unit} has {length} characters."));
                var more = 1.1 * whole[Stretches] / half[Stretches];
                Assert.True(
                    length <= more * half[name],
                    FormattableString.Invariant($"{name} {unit} has {half[name]} characters for 150 years and {length} for 300.")
                );
            }
        }
    }

    [Theory]
    [InlineData("1mo", "Europe/Paris")]
    [InlineData("1mo", "Pacific/Kiritimati")]
    [InlineData("1q", "America/New_York")]
    [InlineData("1y", "Europe/Berlin")]
    public void Months_beside_a_row_of_year_1_take_no_more_text_than_the_changes_of_the_clock(string every, string zone)
    {
        foreach (var (name, length) in Lengths(every, zone, "", 2024, first: 1))
            if (name != Stretches)
                Assert.True(length < 500_000, FormattableString.Invariant($"{name} has {length} characters."));
    }

    private static Dictionary<string, int> Lengths(string every, string zone, string unit, int years, int first = 1900)
    {
        var range = new TimeRange(Instant.FromUtc(first, 1, 1, 0, 0), Instant.FromUtc(first + years, 1, 1, 0, 0));
        var ranges = RangeSet.Of(range);
        var blueprint = Blueprint(every, zone, unit);
        var (finer, tier) = (blueprint.Tiers[0], blueprint.Tiers[^1]);
        ranges = tier.BucketsTouching(ranges);
        var hull = ranges[0];
        var bucket = tier.Grid.BucketOf(hull.From);
        var compare = new CompareSql(blueprint, tier, s_dialect);
        var rollup = new RollupSql(blueprint, tier, s_dialect);
        var read = new ReadSql(blueprint, s_dialect);
        QuerySegment part = new([new(RelationId.Source, hull, tier)], IsComplete: true);
        QuerySegment mixed = new([new(RelationId.Source, bucket, tier), new(finer.Id, bucket, tier)], IsComplete: false);
        var statements = new Dictionary<string, SqlText>
        {
            ["roll up"] = rollup.Select(RelationId.Source, ranges),
            ["roll up with magnitudes"] = rollup.Select(finer.Id, ranges, magnitudes: true),
            ["merge"] = rollup.Merged(tier.States, ranges),
            ["buckets"] = compare.Buckets(RelationId.Source, ranges),
            ["bucket totals"] = compare.BucketTotals(ranges),
            ["oldest agreeing"] = compare.OldestAgreeing(ranges),
            ["totals"] = compare.Totals(ranges),
            ["view"] = read.Open(tier, TimeRange.Since(hull.From), hull),
            ["answer"] = read.Answer([part], [], ["varve_rows"]),
            ["merged answer"] = read.Answer([mixed], [], ["varve_rows"]),
            ["strata"] = ForecastSql.Strata(s_dialect, blueprint.Time, blueprint.Source, tier.Grid, hull, ranges),
            ["pairs"] = ForecastSql.Pairs(s_dialect, blueprint, tier, hull),
            ["touched"] = RowsSql.Buckets(s_dialect, blueprint, tier, hull, ranges),
            ["erased"] = new EraseSql(blueprint, s_dialect, [(blueprint.Series[0], null)]).Buckets(tier, hull),
        };
        return statements
            .Select(s => (s.Key, s.Value.Render(s_dialect).Text.Length))
            .Append((Stretches, tier.Grid.Stretches(hull).Count))
            .ToDictionary();
    }

    private static PolicyLayout Blueprint(string every, string zone, string unit)
    {
        var time = unit.Length == 0 ? "time: ts" : $"time: {{ column: ts, {unit} }}";
        var yaml =
            $"table: m.t\n{time}\nseries: [host]\ninterval: 10s\nmeasures: {{ v: [avg, stddev, last] }}\ntiers: [{{ every: 15m }}, {{ every: {every}, zone: {zone} }}]";
        if (every == "1h")
            yaml = yaml.Replace($", zone: {zone}", "", StringComparison.Ordinal);
        List<Problem> problems = [];
        var type = unit.Length == 0 ? (ColumnType)new ColumnType.Timestamp(TimeUnit.Microseconds) : new ColumnType.Integer();
        TableDescription table = new(
            new("m", "t"),
            false,
            [new("ts", type, "?"), new("host", new ColumnType.Text(), "VARCHAR"), new("v", new ColumnType.Float(), "DOUBLE")]
        );
        var blueprint = LayoutRules.Resolve(
            PolicyYaml.Parse(yaml, "p.yaml")[0].Policy,
            table,
            new(63, 1600, _ => false),
            TimeRange.All,
            problems
        );
        Assert.DoesNotContain(problems, p => !p.IsWarning);
        return blueprint!;
    }
}
