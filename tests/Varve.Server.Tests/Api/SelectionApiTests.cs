using System.Net;
using System.Net.Http.Json;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

/// <summary>What several policies say at once.</summary>
[Collection(Served.Name)]
public sealed class SelectionApiTests(ServedDatabase served)
{
    private const string Connection = $"api/v1/connections/{ServedDatabase.Mine}";

    [Fact]
    public async Task Names_and_tags_select_and_one_that_is_not_there_is_said()
    {
        using var client = served.Client(Role.Viewer);
        var one = await ServedDatabase.JsonAsync(await client.GetAsync($"{Connection}/selection?policy=cpu"));
        Assert.Contains("policy: cpu", one.GetProperty("policies")[0].GetProperty("yaml").GetString(), StringComparison.Ordinal);
        foreach (var path in new[] { "selection", "status", "plan", "diff", "history", "forecast", "verify" })
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{Connection}/{path}?policy=cpu&policy=nothing")).StatusCode);
    }

    /// <summary>In the words in which a run says it of a plan that it was given.</summary>
    [Fact]
    public async Task A_plan_that_is_no_longer_due_is_refused_with_what_differs()
    {
        const string Events = "policy: nobodys\ntable: events\ntime: ts\nkeep: 30d\n";
        using var client = served.Client(Role.Viewer);
        var plan = await (await client.PostAsJsonAsync($"{Connection}/plan", new { yaml = Events })).Content.ReadAsStringAsync();
        var same = await client.PostAsJsonAsync($"{Connection}/statements", new { plan, yaml = Events });
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);

        var longer = await RefusedAsync(Events.Replace("keep: 30d", "keep: 9999d", StringComparison.Ordinal));
        Assert.StartsWith("! policy nobodys: it was changed since (revision ", longer[0], StringComparison.Ordinal);
        Assert.StartsWith("- expire source ", longer[1], StringComparison.Ordinal);
        var another = await RefusedAsync(Events.Replace("policy: nobodys", "policy: anothers", StringComparison.Ordinal));
        Assert.Equal("! policy nobodys: there is none of that name now", another[0]);
        Assert.StartsWith("- expire source ", another[1], StringComparison.Ordinal);

        async Task<IReadOnlyList<string>> RefusedAsync(string yaml)
        {
            var refused = await client.PostAsJsonAsync($"{Connection}/statements", new { plan, yaml });
            var problem = await ServedDatabase.JsonAsync(refused);
            Assert.Equal(
                (HttpStatusCode.Conflict, "The plan of nobodys is stale: what it would do is no longer what is due. Plan again."),
                (refused.StatusCode, problem.GetProperty("detail").GetString())
            );
            return [.. problem.GetProperty("differences").EnumerateArray().Select(d => d.GetString()!)];
        }
    }
}
