using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Over centuries the engine's calendar finds the month of a zone: the same one as the boundaries, around each of them.</summary>
public abstract class MonthConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("Europe/Berlin")]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Pacific/Apia")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Monrovia")]
    [InlineData("Asia/Kathmandu")]
    public async Task Every_instant_around_a_boundary_is_in_its_bucket(string zone)
    {
        await using var database = await Db.OpenAsync();
        var dialect = database.Engine.Dialect;
        SqlText micros = $"varve_micros";
        foreach (var width in new[] { "1mo", "1q", "1y" })
        {
            var grid = Grid.Calendar((Width.Calendar)Width.Parse(width), DateTimeZoneProviders.Tzdb[zone]);
            var range = new TimeRange(At("0001-01-03T00:00:00Z"), At("2040-06-01T00:00:00Z"));
            var numbers = grid.Buckets(range).Select((b, i) => (b.From, Number: i)).ToDictionary(b => b.From, b => b.Number);
            var instants = Around(grid, range).Where(at => range.Contains(at)).ToList();
            // The limit keeps PostgreSQL from putting one CASE into each condition of another.
            SqlText number = $"varve_number";
            SqlText start = $"varve_start";
            var ofNumber = BucketSql.OfEachNumber(dialect, grid, range, number, Seconds);
            var ofStart = BucketSql.OfEach(dialect, grid, range, start, Seconds);
            var values = SqlText.Join(", ", instants.Select(at => (SqlText)$"(CAST({Micros.From(at)} AS BIGINT))"));
            SqlText found =
                $"SELECT {micros}, {BucketSql.Start(dialect, grid, range, micros)} AS varve_start, {BucketSql.Number(dialect, grid, range, micros)} AS varve_number FROM (VALUES {values}) AS varve_values(varve_micros) LIMIT {(long)instants.Count}";
            SqlText query =
                $"SELECT {micros}, {start}, {number}, {BucketSql.StartOf(dialect, grid, range, number)}, {ofNumber}, {ofStart} FROM ({found}) AS varve_found";
            Assert.InRange(query.Render(dialect).Text.Length - values.Render(dialect).Text.Length, 1, 400_000);
            var rows = await database.Engine.TransactAsync(
                (statements, token) => statements.QueryAsync(query, token),
                Scope.Reading,
                default
            );
            Assert.Equal(instants.Count, rows.Count);
            foreach (var row in rows)
            {
                var bucket = grid.BucketOf(Micros.ToInstant(row.Long(0)));
                var (from, length) = (Micros.From(bucket.From), Seconds(bucket.To - bucket.From));
                Assert.Equal(
                    (from, numbers[bucket.From], from, length, length),
                    (row.Long(1), row.Long(2), row.Long(3), row.Long(4), row.Long(5))
                );
            }
        }
    }

    private static long Seconds(Duration length) => (long)length.TotalSeconds;

    /// <summary>Both sides of each change of the clock and of the boundaries around it, of 200 others, and of the ends.</summary>
    private static IEnumerable<Instant> Around(Grid grid, TimeRange range)
    {
        var step = Duration.FromMilliseconds(0.001);
        var changes = grid.Zone.GetZoneIntervals(range.From, range.To).Where(i => i.HasStart).Select(i => i.Start);
        var even = Enumerable.Range(0, 200).Select(i => range.From + ((range.To - range.From) / 200 * i));
        return changes
            .Concat(even)
            .Append(range.From)
            .Append(range.To - step)
            .SelectMany(at => new[] { at, grid.Floor(at), grid.BucketOf(at).To, grid.BucketOf(at).To + Duration.FromDays(40) })
            .Concat(grid.Buckets(range).Take(30).Select(b => b.From))
            .SelectMany(at => new[] { at - step, at, at + step })
            .Distinct();
    }
}
