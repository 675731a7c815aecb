using System.Globalization;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// Semantics, section 4: values that others changed where nothing is watched any more, found when the rows are about to go.
/// </summary>
public abstract class CorrectionConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Kept = "keep: 7d\nrecheck: 1d\ntiers: [{ every: 1h, keep: 60d }, { every: 1d }]";
    private const string Other = "CAST(extract('epoch' FROM ts) AS BIGINT) % 97";

    [Theory]
    [Rule("secret-many")]
    [InlineData("0")]
    [InlineData("NULL")]
    [InlineData(Other)]
    public async Task Values_that_changed_in_bulk_wait_for_a_person_and_history_keeps_those_that_were_built(string value)
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-07");
        await SetAsync(value, "2025-01-02", "2025-01-04");
        var outcome = await story.RunAsync("2025-01-11");
        Assert.Contains(
            outcome.Waits,
            w => w.NeedsPerson && w.Relation == RelationId.Source && w.Range.Overlaps(Days("2025-01-02", "2025-01-04"))
        );
        Assert.Equal(2 * 144, await story.CountSourceAsync("2025-01-02", "2025-01-04"));
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-02"));
        await story.ExpectTiersAsync(rows);
        var waits = (await story.StatusAsync("2025-01-11")).Waits.Single(w => w.NeedsPerson);
        Assert.Contains(
            "varve verify m.cpu --accept --from 2025-01-02T00:00:00Z --to 2025-01-04T00:00:00Z",
            waits.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "varve invalidate m.cpu --from 2025-01-02T00:00:00Z --to 2025-01-04T00:00:00Z && varve run m.cpu",
            waits.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains((await story.RunAsync("2025-01-11")).Waits, w => w.NeedsPerson);
    }

    [Fact]
    [Rule("accept")]
    public async Task What_is_accepted_goes_and_the_tiers_stay_as_they_were_built()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-07");
        await SetAsync("0", "2025-01-02", "2025-01-04");
        await story.RunAsync("2025-01-11");
        await story.WithAsync(l => l.AcceptAsync("m.cpu", Days("2025-01-02", "2025-01-04")));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-04"));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("invalidate")]
    public async Task What_is_invalidated_is_built_again_from_what_is_there_and_goes()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-07");
        await SetAsync("0", "2025-01-02", "2025-01-04");
        await story.RunAsync("2025-01-11");
        await story.WithAsync(l => l.InvalidateAsync("m.cpu", Days("2025-01-02", "2025-01-04")));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-04"));
        await story.ExpectTiersAsync([
            .. rows.Select(r => Days("2025-01-02", "2025-01-04").Contains(r.At!.Value) ? r with { Values = ["a", 0.0] } : r),
        ]);
    }

    [Fact]
    [Rule("proof-changes-follow")]
    public async Task A_policy_that_says_follow_takes_over_what_changed_and_says_so()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy($"{Kept}\nproof_changes: follow"), rows);
        await story.RunWellAsync("2025-01-07");
        await SetAsync("0", "2025-01-02", "2025-01-04");
        var outcome = await story.RunWellAsync("2025-01-11");
        var changes = outcome.Events.OfType<RunEvent.StepDone>().SelectMany(e => e.Result.Changes).Where(c => c.Tier.Text == "1h").ToList();
        Assert.Equal((48, 288), (changes.Sum(c => c.Buckets), changes.Sum(c => c.Rows)));
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-04"));
        await story.ExpectTiersAsync([
            .. rows.Select(r => Days("2025-01-02", "2025-01-04").Contains(r.At!.Value) ? r with { Values = ["a", 0.0] } : r),
        ]);
    }

    [Fact]
    [Rule("secret-said")]
    public async Task A_few_corrections_are_followed_and_named_in_step_history_audit_and_status_until_the_next_run()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m").ToList();
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-07");
        foreach (var at in new[] { "2025-01-02T03:10Z", "2025-01-03T20:00Z" })
        {
            await SetAsync("900", at, InstantText.Format(At(at) + NodaTime.Duration.FromMinutes(1)));
            var index = rows.FindIndex(r => r.At == At(at));
            rows[index] = rows[index] with { Values = ["a", 900.0] };
        }

        var outcome = await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync(rows);
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-04"));
        var change = Assert.Single(outcome.Events.OfType<RunEvent.StepDone>().SelectMany(e => e.Result.Changes));
        Assert.Equal(("1h", 2, 12, false), (change.Tier.Text, change.Buckets, change.Rows, change.Waits));
        const string Said =
            "2 buckets of 1h had changed and were built again: 12 rows in [2025-01-02T03:00:00Z, 2025-01-02T04:00:00Z), [2025-01-03T20:00:00Z, 2025-01-03T21:00:00Z)";
        Assert.Contains(await story.WithAsync(l => l.StepsAsync(outcome.Summary.RunId)), s => s.Note == Said);
        Assert.Contains(
            await story.WithAsync(l => l.AuditAsync()),
            e =>
                e.Action == "rows.expired"
                && e.Detail.ToJsonString()
                    .Contains("1h: 2 buckets, 12 rows, [2025-01-02T03:00:00Z, 2025-01-02T04:00:00Z)", StringComparison.Ordinal)
        );
        Assert.Contains(
            (await story.StatusAsync("2025-01-11")).Notes,
            n => n.Code == "VRV215" && n.Message.Contains(Said, StringComparison.Ordinal)
        );
        await story.RunWellAsync("2025-01-11");
        Assert.DoesNotContain((await story.StatusAsync("2025-01-11")).Notes, n => n.Code == "VRV215");
    }

    [Theory]
    [Rule("secret-flat")]
    [InlineData("avg")]
    [InlineData("min, max")]
    [InlineData("stddev")]
    [InlineData("first, last")]
    [InlineData("count")]
    public async Task A_bucket_by_itself_waits_where_every_value_of_a_series_is_gone(string functions)
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy(Kept, functions), [.. rows, .. Every("2025-01-01", "2025-01-11", "10m", "b")]);
        await story.RunWellAsync("2025-01-07");
        await SetAsync(functions == "count" ? "NULL" : "0.25", "2025-01-02T03:00Z", "2025-01-02T04:00Z", "b");
        var outcome = await story.RunAsync("2025-01-11");
        Assert.Equal(Days("2025-01-02T03:00Z", "2025-01-02T04:00Z"), Assert.Single(outcome.Waits, w => w.NeedsPerson).Range);
        Assert.Equal(12, await story.CountSourceAsync("2025-01-01", "2025-01-04"));
        await story.ExpectTiersAsync([.. rows, .. Every("2025-01-01", "2025-01-11", "10m", "b")]);
    }

    [Theory]
    [Rule("secret-flat")]
    [InlineData("min, max")]
    [InlineData("stddev")]
    public async Task A_bucket_that_always_had_one_value_may_get_another(string functions)
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-11", "10m").Select(r => r with { Values = ["a", 5.0] })];
        var story = await BeginAsync(Policy(Kept, functions), rows);
        await story.RunWellAsync("2025-01-07");
        await SetAsync("6", "2025-01-02T03:00Z", "2025-01-02T04:00Z");
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync([
            .. rows.Select(r => Days("2025-01-02T03:00Z", "2025-01-02T04:00Z").Contains(r.At!.Value) ? r with { Values = ["a", 6.0] } : r),
        ]);
    }

    [Fact]
    [Rule("secret-longer")]
    public async Task A_longer_bucket_of_the_source_waits_with_those_in_it()
    {
        var rows = Every("2025-01-06", "2025-01-27", "10m");
        var story = await BeginAsync(Policy("keep: 10d\nrecheck: 1d\ntiers: [{ every: 7h }, { every: 1d }, { every: 1w }]"), rows);
        await story.RunWellAsync("2025-01-14");
        await SetAsync("0", "2025-01-08T03:00Z", "2025-01-08T10:00Z");
        await story.RunAsync("2025-01-27");
        Assert.Equal(144, await story.CountSourceAsync("2025-01-08", "2025-01-09"));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task What_differs_is_named_by_series_and_state_with_both_values()
    {
        var story = await BeginAsync(
            Policy(Kept, "sum, max"),
            [Row("2025-01-01T00:10Z", 2), Row("2025-01-01T00:20Z", 3, "b"), Row("2025-01-01T00:30Z", 4, null)]
        );
        await story.RunWellAsync("2025-01-02");
        await Db.ExecuteAsync($"UPDATE {Db.Name(new("m", "cpu_1h_states"))} SET v_max = 9 WHERE host IS NULL");
        var hours = (await story.WithAsync(l => l.VerifyAsync(Selection.All))).Single(r => r.Tier?.Text == "1h");
        var difference = Assert.Single(Assert.Single(hours.Mismatches).Differences);
        Assert.Equal(
            ("v_max", 9.0, 4.0),
            (
                difference.State,
                double.Parse(difference.Stored!, System.Globalization.CultureInfo.InvariantCulture),
                double.Parse(difference.Computed!, System.Globalization.CultureInfo.InvariantCulture)
            )
        );
        Assert.Equal(new Dictionary<string, string?> { ["host"] = null }, difference.Series);
        Assert.Equal((2, 1), (hours.Buckets, hours.Mismatches.Sum(m => m.Series)));
    }

    private static TimeRange Days(string from, string to) => new(At(from), At(to));

    private async Task SetAsync(string value, string from, string to, string host = "a") =>
        Assert.True(
            await Db.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"UPDATE m.cpu SET v = {value} WHERE host = '{host}' AND ts >= {Db.TimeLiteral(At(from), TimeKind.Timestamp)} AND ts < {Db.TimeLiteral(At(to), TimeKind.Timestamp)}"
                )
            ) > 0
        );
}
