using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using Varve.Server.Access;
using Varve.Server.Connections;

namespace Varve.Server.Tests.Api;

/// <summary>A compact copy lies beside the file of a connection, and nothing has that file open meanwhile.</summary>
[Collection(Served.Name)]
public sealed class CompactionApiTests(ServedDatabase served)
{
    private const string At = $"api/v1/connections/{ServedDatabase.Mine}/compact";

    private string Copy => Path.ChangeExtension(served.File(ServedDatabase.Mine), ".compact.duckdb");

    [Fact]
    public async Task It_is_written_once_and_stands_in_the_log()
    {
        File.Delete(Copy);
        using var client = served.Client(Role.Admin);
        var rows = (await JsonAsync(client, $"api/v1/connections/{ServedDatabase.Mine}/policies/cpu/status")).GetProperty("policies")[0];
        var before = (await EntriesAsync(client)).Count;
        client.DefaultRequestHeaders.Add("Idempotency-Key", "compact-1");
        var told = await ServedDatabase.JsonAsync(await client.PostAsJsonAsync(At, new { }));
        Assert.Equal(
            (served.File(ServedDatabase.Mine), Copy, new FileInfo(Copy).Length),
            (told.GetProperty("source").GetString(), told.GetProperty("target").GetString(), told.GetProperty("bytesAfter").GetInt64())
        );
        await using (var copy = new DuckDBConnection($"Data Source={Copy};ACCESS_MODE=READ_ONLY"))
        {
            await copy.OpenAsync();
            using var count = copy.CreateCommand();
            count.CommandText = "SELECT count(*) FROM cpu";
            Assert.Equal(rows.GetProperty("relations")[0].GetProperty("rows").GetInt64(), await count.ExecuteScalarAsync());
        }

        // Under its key it is the same copy; without one it is another, and its file is there already.
        Assert.Equal(told.ToString(), (await ServedDatabase.JsonAsync(await client.PostAsJsonAsync(At, new { }))).ToString());
        client.DefaultRequestHeaders.Remove("Idempotency-Key");
        var again = await client.PostAsJsonAsync(At, new { });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "VRV170"), (again.StatusCode, await CodeAsync(again)));
        var entry = Assert.Single((await EntriesAsync(client)).Skip(before));
        Assert.Equal(
            (ServedDatabase.Mine, Copy),
            (entry.GetProperty("target").GetString(), entry.GetProperty("detail").GetProperty("target").GetString())
        );
    }

    [Fact]
    public async Task A_file_that_something_works_on_is_busy_and_nothing_is_written()
    {
        File.Delete(Copy);
        using var client = served.Client(Role.Admin);
        var connection = served.Server.Services.GetRequiredService<ConnectionSet>().All.Single(c => c.Name == ServedDatabase.Mine);
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var work = connection.OwnAsync(
            "test",
            async _ =>
            {
                begun.SetResult();
                await end.Task;
                return 0;
            },
            CancellationToken.None
        );
        await begun.Task;
        var refused = await client.PostAsJsonAsync(At, new { });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("is in use by this server", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(File.Exists(Copy));
        end.SetResult();
        await work;
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync(At, new { })).StatusCode);
    }

    private static async Task<IReadOnlyList<JsonElement>> EntriesAsync(HttpClient client) =>
        [
            .. (await JsonAsync(client, "api/v1/audit?limit=500"))
                .GetProperty("items")
                .EnumerateArray()
                .Where(e => e.GetProperty("action").GetString() == "database.compacted")
                .OrderBy(e => e.GetProperty("seq").GetInt64()),
        ];

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path) =>
        await ServedDatabase.JsonAsync(await client.GetAsync(path));

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await ServedDatabase.JsonAsync(answer)).GetProperty("code").GetString();
}
