using System.Net;
using System.Net.Http.Json;
using DuckDB.NET.Data;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

[Collection(Served.Name)]
public sealed class PolicyApiTests(ServedDatabase served)
{
    private const string Path = $"api/v1/connections/{ServedDatabase.Mine}/policies";
    private const string Loose =
        "policy: loose\ntable: loose\ntime: ts\nseries: []\nkeep: 90d\nmeasures: { v: [avg] }\ntiers: [{ every: 1h }]\n";

    [Fact]
    public async Task A_mistake_is_told_with_pointer_line_and_column()
    {
        using var client = served.Client(Role.Viewer);
        var check = await ServedDatabase.JsonAsync(
            await client.PostAsync(
                $"api/v1/connections/{ServedDatabase.Mine}/check",
                Yaml("table: cpu\ntime: ts\nkeep: 7 days\ntiers:\n  - { every: 1h, kepe: 1y }\n")
            )
        );
        Assert.False(check.GetProperty("isSound").GetBoolean());
        Assert.Equal(
            ["VRV104 /keep 3:7", "VRV102 /tiers/0/kepe 5:18"],
            check
                .GetProperty("problems")
                .EnumerateArray()
                .Select(p => $"{p.GetProperty("code")} {p.GetProperty("pointer")} {p.GetProperty("line")}:{p.GetProperty("column")}")
        );
    }

    [Fact]
    public async Task A_policy_is_stored_with_the_revision_that_was_read_and_not_without()
    {
        using var client = served.Client(Role.Operator);
        var path = $"{Path}/loose";
        Assert.Equal((HttpStatusCode)428, (await client.PutAsync(path, Yaml(Loose))).StatusCode);
        var created = await PutAsync(client, path, Loose, ("If-None-Match", "*"));
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (created.StatusCode, created.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(client, path, Loose, ("If-None-Match", "*"))).StatusCode);
        var changed = Loose.Replace("90d", "180d", StringComparison.Ordinal);
        Assert.Equal("\"2\"", (await PutAsync(client, path, changed, ("If-Match", "\"1\""))).Headers.ETag!.Tag);
        var late = await PutAsync(client, path, Loose, ("If-Match", "\"1\""), ("accept", "removes-more"));
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "VRV315"),
            (late.StatusCode, (await ServedDatabase.JsonAsync(late)).GetProperty("code").GetString())
        );
        var braked = await PutAsync(client, path, Loose, ("If-Match", "\"2\""));
        var problem = await ServedDatabase.JsonAsync(braked);
        Assert.Equal((HttpStatusCode.Conflict, "VRV515"), (braked.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Contains("loose: keep: 180d → 90d", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("\"3\"", (await PutAsync(client, path, Loose, ("If-Match", "\"2\""), ("accept", "removes-more"))).Headers.ETag!.Tag);
        var revisions = (await ServedDatabase.JsonAsync(await client.GetAsync($"{path}/revisions")))
            .GetProperty("revisions")
            .EnumerateArray()
            .ToList();
        Assert.Equal([3, 2, 1], revisions.Select(r => r.GetProperty("revision").GetInt32()));
        Assert.Equal("180d", revisions[1].GetProperty("changes")[0].GetProperty("after").GetString());
        using var admin = served.Client(Role.Admin);
        admin.DefaultRequestHeaders.Add("If-Match", "\"3\"");
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);
        using var auditor = served.Client(Role.Admin);
        var audit = (await ServedDatabase.JsonAsync(await auditor.GetAsync("api/v1/audit?limit=500")))
            .GetProperty("items")
            .EnumerateArray()
            .Where(e => e.GetProperty("target").GetString() == "metrics/loose")
            .Select(e => $"{e.GetProperty("action")} {e.GetProperty("subject")}");
        Assert.Equal(
            ["policy.deleted Admin-acme", "policy.applied Operator-acme", "policy.applied Operator-acme", "policy.applied Operator-acme"],
            audit
        );
        Assert.True((await ServedDatabase.JsonAsync(await auditor.GetAsync("api/v1/audit/verdict"))).GetProperty("holds").GetBoolean());
    }

    [Fact]
    public async Task Lists_go_on_where_their_cursor_says()
    {
        using var client = served.Client(Role.Viewer);
        var first = await ServedDatabase.JsonAsync(await client.GetAsync($"{Path}?limit=1"));
        Assert.Equal("cpu", first.GetProperty("items")[0].GetProperty("policy").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"{Path}?after=nonsense!")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"{Path}?limit=0")).StatusCode);
    }

    [Fact]
    public async Task Tables_and_proposals_say_what_nobody_keeps()
    {
        using var client = served.Client(Role.Viewer);
        var tables = (await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/tables")))
            .GetProperty("tables")
            .EnumerateArray()
            .ToDictionary(t => t.GetProperty("table").GetString()!, t => t.GetProperty("policy").GetString());
        Assert.Equal("cpu", tables["main.cpu"]);
        Assert.Contains("main.loose", tables.Keys);
        var refused = await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/proposals?table=nothing");
        Assert.Equal((HttpStatusCode)422, refused.StatusCode);
        var proposals = await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/proposals"));
        Assert.Contains("loose", proposals.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_has_no_policy_because_another_schema_has_one_of_its_name()
    {
        using var connection = new DuckDBConnection($"Data Source={served.File(ServedDatabase.Mine)}");
        await connection.OpenAsync();
        await DoAsync("CREATE SCHEMA other_schema; CREATE TABLE other_schema.cpu (ts TIMESTAMP, load DOUBLE)");
        try
        {
            using var client = served.Client(Role.Viewer);
            Assert.Contains("/new?table=other_schema.cpu\"", await client.GetStringAsync(""), StringComparison.Ordinal);
            var tables = (await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/tables")))
                .GetProperty("tables")
                .EnumerateArray()
                .ToDictionary(t => t.GetProperty("table").GetString()!, t => t.GetProperty("policy").GetString());
            Assert.Equal(("cpu", null), (tables["main.cpu"], tables["other_schema.cpu"]));
        }
        finally
        {
            await DoAsync("DROP SCHEMA other_schema CASCADE");
        }

        async Task DoAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static JsonContent Yaml(string yaml) => JsonContent.Create(new { yaml });

    private static Task<HttpResponseMessage> PutAsync(
        HttpClient client,
        string path,
        string yaml,
        params (string Name, string Value)[] with
    )
    {
        var accept = with.FirstOrDefault(w => w.Name == "accept").Value;
        var request = new HttpRequestMessage(HttpMethod.Put, accept is null ? path : $"{path}?accept={accept}") { Content = Yaml(yaml) };
        foreach (var (name, value) in with.Where(w => w.Name != "accept"))
            request.Headers.TryAddWithoutValidation(name, value);
        return client.SendAsync(request);
    }
}
