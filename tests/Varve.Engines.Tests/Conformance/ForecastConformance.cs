using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>What a forecast says is what is there when the time has come, as long as rows come as they came.</summary>
public abstract class ForecastConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Begin = "2025-01-01";
    private const string Now = "2025-02-05T06:00:00Z";
    private const string Then = "2025-04-06T06:00:00Z";

    private const string Usual = """
        keep: 7d
        late: 2h
        zone: Europe/Berlin
        tiers: [{ every: 1h, keep: 20d }, { every: 1d, keep: 40d }, { every: 1mo, keep: forever }]
        """;

    [Fact]
    public async Task Rows_are_as_many_as_a_forecast_before_the_first_run_said()
    {
        var story = await BeginAsync(Policy(Usual), Load(Begin, Now));
        var forecast = await OfAsync(story);
        Assert.All(forecast.Relations.Skip(1), r => Assert.Equal((true, ForecastRows.CountedInSource), (r.IsNew, r.Rate.Basis)));
        await ComeTrueAsync(story, forecast);
    }

    [Fact]
    public async Task And_as_many_as_one_said_that_measured_the_tiers()
    {
        var story = await BeginAsync(Policy(Usual), Load(Begin, Now));
        await story.RunAsync(Now);
        var forecast = await OfAsync(story);
        Assert.All(forecast.Relations, r => Assert.Equal((false, ForecastRows.Measured), (r.IsNew, r.Rate.Basis)));
        Assert.Equal(await story.CountAsync("cpu_1h_states"), Of(forecast, "1h").Points[0].Rows);
        await ComeTrueAsync(story, forecast);
    }

    [Fact]
    public async Task And_as_many_as_one_said_of_a_changed_policy()
    {
        var changed = Policy(
            "keep: 14d\nlate: 2h\nzone: Europe/Berlin\ntiers: [{ every: 6h, keep: 30d }, { every: 1d, keep: 60d }, { every: 1mo, keep: forever }]"
        );
        var story = await BeginAsync(Policy(Usual), Load(Begin, Now));
        await story.RunAsync(Now);
        var pair = Assert.Single(await story.WithAsync(l => l.ForecastAsync(PolicyYaml.Parse(changed, "changed.yaml"), Options())));
        Assert.Equal((1, 0), (pair.Stored!.Revision, pair.Changed!.Revision));
        Assert.True(Of(pair.Changed, "1h").IsRetired);
        Assert.Equal(await story.CountAsync("cpu_1h_states"), Of(pair.Changed, "1h").Points[^1].Rows);
        Assert.Equal([.. pair.Stored.Total.Select(p => p.At)], [.. pair.Changed.Total.Select(p => p.At)]);
        await story.ApplyAsync(changed);
        await story.RunAsync(Now);
        await ComeTrueAsync(story, pair.Changed);
    }

    [Fact]
    public async Task Series_that_are_seldom_seen_are_counted_where_they_are()
    {
        var story = await BeginAsync(Policy(Usual), [.. Load(Begin, Now), .. Every(Begin, Now, "6h", "seldom")]);
        var forecast = await OfAsync(story);
        Assert.Equal(
            [2 + (1.0 / 6), 3.0],
            [Of(forecast, "1h").Rate.RowsPerBucket!.Value, Of(forecast, "1d").Rate.RowsPerBucket!.Value],
            (a, b) => Math.Abs(a - b) < 0.01
        );
        await ComeTrueAsync(story, forecast, Every(Now, Then, "6h", "seldom"));
    }

    [Fact]
    public async Task Rows_that_are_there_go_when_their_own_time_comes()
    {
        var story = await BeginAsync(Policy("keep: 40d"), [.. Load(Begin, Now), .. Every("2025-01-03", "2025-01-04", "1m", "burst")]);
        var source = (await OfAsync(story)).Relations[0];
        await story.InsertAsync(Load(Now, Then));
        foreach (var day in new[] { "2025-02-10T06:00:00Z", "2025-02-12T18:00:00Z", "2025-02-14T06:00:00Z" })
        {
            await story.RunAsync(At(day));
            var there = await story.CountSourceAsync(Begin, day);
            var (before, after) = (source.Points.Last(p => p.At <= At(day)), source.Points.First(p => p.At >= At(day)));
            Assert.InRange(there, Math.Min(before.Rows, after.Rows) * 0.99, Math.Max(before.Rows, after.Rows) * 1.01);
        }
    }

    [Fact]
    public async Task An_archive_is_counted_beside_the_rows()
    {
        if (!await HasArchivesAsync())
            return;
        using var cold = new ColdPlace();
        var story = await Story.BeginAsync(Db, Cpu(), null, Load(Begin, Now));
        story.Archives = cold.Declared;
        await story.ApplyAsync(Policy("archive: cold\n" + Usual));
        await story.RunAsync(Now);
        var forecast = await OfAsync(story);
        var archive = forecast.Archive!;
        Assert.Equal(Load(Begin, Now).Count, archive.Points[0].Rows + forecast.Relations[0].Points[0].Rows);
        Assert.Equal(cold.Parts.Sum(p => new FileInfo(cold.At(p)).Length), archive.Points[0].Bytes);
        Assert.InRange(
            archive.Points[^1].Rows,
            Load(Begin, "2025-03-30T06:00:00Z").Count - 4,
            Load(Begin, "2025-03-30T06:00:00Z").Count + 4
        );
        Assert.True(archive.Points[^1].Bytes > archive.Points[0].Bytes);
    }

    [Fact]
    public async Task A_database_without_a_catalog_gets_none()
    {
        await Story.BeginAsync(Db, Cpu(), null, Load(Begin, Now));
        await using var database = await Db.OpenAsync();
        var pair = Assert.Single(await new Lifecycle(database).ForecastAsync(PolicyYaml.Parse(Policy(Usual), "new.yaml"), Options()));
        Assert.Null(pair.Stored);
        Assert.Equal(7 * 48, pair.Changed!.Relations[0].Points[^1].Rows);
        Assert.Empty(await Db.ShapesAsync("varve"));
    }

    [Fact]
    public async Task A_file_that_says_what_is_stored_changes_nothing()
    {
        var story = await BeginAsync(Policy(Usual), Load(Begin, Now));
        var pair = Assert.Single(
            await story.WithAsync(l => l.ForecastAsync([.. PolicyYaml.Parse(Policy(Usual), "same.yaml").Select(Db.Said)], Options()))
        );
        Assert.Equal((1, null), (pair.Stored!.Revision, pair.Changed));
    }

    [Fact]
    public async Task A_stored_policy_that_no_longer_fits_is_no_obstacle_to_one_that_does()
    {
        var story = await BeginAsync(Policy(Usual), Load(Begin, Now));
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME COLUMN v TO w");
        var pair = Assert.Single(
            await story.WithAsync(l =>
                l.ForecastAsync(PolicyYaml.Parse(Policy(Usual).Replace("v:", "w:", StringComparison.Ordinal), "new.yaml"), Options())
            )
        );
        Assert.Null(pair.Stored);
        Assert.Contains(pair.Changed!.Notes, n => n.Contains("no longer fits its table", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2025-01-10T00:00:00Z")]
    [InlineData("2025-03-01T00:00:00Z")]
    public async Task Tables_without_a_rate_have_a_forecast_too(string only)
    {
        var story = await BeginAsync(Policy(Usual), only.Length == 0 ? [] : [Row(only, 1)]);
        var forecast = await OfAsync(story);
        Assert.All(forecast.Relations, r => Assert.Equal(0, r.Rate.RowsPerDay));
        Assert.Equal(only.Length == 0 ? 0 : 1, forecast.Total[0].Rows);
        await story.RunAsync(Now);
        Assert.Equal(0, (await OfAsync(story)).Relations[0].Rate.RowsPerDay);
    }

    private static IReadOnlyList<SourceRow> Load(string from, string to) => [.. Every(from, to, "1h"), .. Every(from, to, "1h", "b")];

    private static ForecastOptions Options() => new() { AsOf = At(Now), Ahead = Keep.Parse("60d") };

    private static async Task<Forecast> OfAsync(Story story) =>
        Assert.Single(await story.WithAsync(l => l.ForecastAsync(Selection.Of(story.Policy.Name), Options()))).Stored!;

    private static RelationForecast Of(Forecast forecast, string id) => forecast.Relations.Single(r => r.Relation.Text.Split('@')[0] == id);

    private static async Task ComeTrueAsync(Story story, Forecast forecast, params IEnumerable<SourceRow> more)
    {
        await story.InsertAsync([.. Load(Now, Then), .. more]);
        await story.RunAsync(Then);
        Assert.Equal(At(Then), forecast.Until);
        foreach (var relation in forecast.Relations.Where(r => !r.IsRetired))
        {
            var id = relation.Relation.Text.Split('@')[0];
            var there = relation.Relation.IsSource ? await story.CountSourceAsync(Begin, Then) : await story.CountAsync($"cpu_{id}_states");
            Assert.True(
                Math.Abs(there - relation.Points[^1].Rows) <= 3,
                FormattableString.Invariant($"{id}: {there} rows are there, the forecast was {relation.Points[^1].Rows}")
            );
        }
    }
}
