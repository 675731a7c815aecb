using Varve.Applying;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 6: columns whose type is another one.</summary>
public abstract class TypeChangeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    [Rule("accept-types")]
    public async Task A_measure_whose_type_changed_stops_the_table()
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-03");
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN v TYPE VARCHAR");
        var outcome = await Record.ExceptionAsync(async () =>
        {
            var run = await story.RunAsync("2025-01-05");
            if (run.Errors.Count > 0)
                throw run.Errors[0];
        });
        Assert.IsAssignableFrom<VarveException>(outcome);
        Assert.Equal(rows.Count, await story.CountAsync("cpu"));
    }

    [Fact]
    [Rule("time-type")]
    public async Task A_time_column_whose_type_changed_stops_the_table_until_it_has_its_old_type()
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-03");
        var left = await story.CountAsync("cpu");
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN ts TYPE TIMESTAMPTZ");
        var outcome = await story.RunAsync("2025-01-05");
        Assert.Empty(outcome.Done);
        Assert.Contains("ts was", Assert.Single(outcome.Waits, w => w.NeedsPerson).Reason, StringComparison.Ordinal);
        Assert.NotEmpty((await story.WithAsync(l => l.DiffAsync(Selection.All))).Single().Drift);
        Assert.Equal(
            "VRV314",
            (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.AcceptTypesAsync(story.Policy.Name)))).Code
        );
        Assert.Equal(left, await story.CountAsync("cpu"));
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN ts TYPE TIMESTAMP");
        await story.RunWellAsync("2025-01-05");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("accept-types")]
    [InlineData("INTEGER", "BIGINT")]
    [InlineData("INTEGER", "DOUBLE")]
    [InlineData("FLOAT", "DOUBLE")]
    public async Task A_wider_type_waits_until_it_is_accepted_and_everything_stays_exact(string before, string after)
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h")
            .Select((r, i) => r with { Values = [r.Values[0], after == "BIGINT" ? (object)(long)i : (double)i] })
            .ToList();
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }, { every: 1d }]", "avg, min, max, last"), rows);
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN v TYPE {before}");
        await story.RunWellAsync("2025-01-06");
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN v TYPE {after}");
        var waiting = await story.RunAsync("2025-01-11");
        Assert.Empty(waiting.Done);
        Assert.Contains(waiting.Waits, w => w.NeedsPerson && w.Reason.Contains("accept-types", StringComparison.Ordinal));
        if (await IsRefusedAsync("VRV314", () => story.WithAsync(l => l.AcceptTypesAsync(story.Policy.Name))))
            return;
        var accepted = await story.WithAsync(l => l.AcceptTypesAsync(story.Policy.Name));
        Assert.Equal([("v", Db.TypeName(before), Db.TypeName(after))], accepted.Select(c => (c.Column, c.Before, c.Now)));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(3 * 24, (await story.SourceAsync()).Count);
        var sums = await Db.QueryAsync(
            $"SELECT CAST(sum(v_avg * varve_rows) AS DOUBLE), CAST(sum(v_max) AS DOUBLE), count(*) FROM {Db.Name(story.Table.Name.WithName("cpu_1h"))}"
        );
        Assert.Equal(
            (28_680, 28_680, 240),
            (
                (int)Convert.ToDouble(sums[0][0], System.Globalization.CultureInfo.InvariantCulture),
                (int)Convert.ToDouble(sums[0][1], System.Globalization.CultureInfo.InvariantCulture),
                Convert.ToInt32(sums[0][2], System.Globalization.CultureInfo.InvariantCulture)
            )
        );
        Assert.Equal(10, await story.CountAsync("cpu_1d"));
        await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.AcceptTypesAsync(story.Policy.Name)));
    }

    [Fact]
    [Rule("accept-types")]
    public async Task A_type_that_changes_values_is_not_accepted_and_nothing_changes()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]", "min, max"), rows);
        await story.RunWellAsync("2025-01-11");
        foreach (var (type, why) in new[] { ("INTEGER", "values would change"), ("VARCHAR", "not ordered as the other") })
        {
            await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} ALTER COLUMN v TYPE {type}");
            if (await IsRefusedAsync("VRV314", () => story.WithAsync(l => l.AcceptTypesAsync(story.Policy.Name))))
                return;
            var error = await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.AcceptTypesAsync(story.Policy.Name)));
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("..", error.Message, StringComparison.Ordinal);
        }

        await story.ExpectTiersAsync(rows);
    }
}
