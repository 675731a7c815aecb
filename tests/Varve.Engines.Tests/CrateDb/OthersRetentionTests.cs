using System.Globalization;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>Days that somebody else removes beside Varve, and days of which there are copies.</summary>
public sealed class OthersRetentionTests : DaysSuite
{
    [Fact]
    public async Task What_a_foreign_delete_takes_stays_in_the_tiers_and_the_rest_goes_as_ever()
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-04-08T12:00Z");

        // One that would have gone next, and one that was to stay.
        foreach (var day in new[] { "2025-03-29", "2025-04-02" })
            await Db.ExecuteAsync(
                $"DELETE FROM m.cpu WHERE day = {At(day).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}"
            );
        var outcome = await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Contains(outcome.Done, s => s is PlanStep.Expire);
        await story.ExpectTiersAsync(Rows);
        Same(Since(Rows, "2025-03-31").Where(r => r.At < At("2025-04-02") || r.At >= At("2025-04-03")), await story.SourceAsync());
        Assert.Equal(14, (await IdentsAsync()).Count);
        Assert.Empty((await story.PlanAsync("2025-04-10T12:00Z")).Steps);
        Assert.Equal(Rows.Count, Number(await Db.QueryAsync("SELECT sum(varve_rows) FROM m.cpu_all"), 0));
    }

    [Fact]
    public async Task Days_of_which_there_is_a_copy_go_as_those_without_one()
    {
        var story = await DaysAsync();
        await Db.ExecuteAsync("ALTER TABLE m.cpu SET (number_of_replicas = 1)");
        Assert.Equal(26, (await IdentsAsync("number_of_replicas = '1'")).Count);
        await story.RunAsShownAsync("2025-04-10T12:00Z");
        Same(Since(Rows, "2025-03-31"), await story.SourceAsync());
        Assert.Equal(15, (await IdentsAsync("number_of_replicas = '1'")).Count);
        await story.ExpectTiersAsync(Rows);
    }
}
