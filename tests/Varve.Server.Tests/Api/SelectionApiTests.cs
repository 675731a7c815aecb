using System.Net;
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
}
