using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Quotas;

namespace Varve.Server.Tests.Quotas;

/// <summary>What a tenant may have and use, through a server that runs.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private const string Apply = $"api/v1/connections/{ServedDatabase.Mine}/apply";
    private const int Sensor = 1116;

    private readonly ServedDatabase _served = new() { Quotas = Acme() };

    public ValueTask InitializeAsync() => _served.InitializeAsync();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task Rows_over_a_day_stay_whole_and_go_once_more_is_allowed()
    {
        Declare((Quota.Rows, Sensor + 1));
        using var client = _served.Client(Role.Operator);
        await _served.BuildSensorAsync(client, 1, "7d");
        Assert.Equal(Sensor, (await QuotaAsync(client, Quota.Rows)).GetProperty("used").GetInt64());

        var kept = await RemoveAsync(client, 2);
        Assert.Equal("waits", kept.GetProperty("state").GetString());
        var reason = kept.GetProperty("reason").GetString();
        Assert.StartsWith(
            "it would remove 1,116 rows, and the runs of the tenant acme may remove 1,117 a day",
            reason,
            StringComparison.Ordinal
        );
        Assert.EndsWith("T00:00:00Z on removes them.", reason, StringComparison.Ordinal);
        var policy = kept.GetProperty("result").GetProperty("policies")[0];
        Assert.Equal((0, reason![..30]), (policy.GetProperty("rowsRemoved").GetInt64(), Skipped(policy)[..30]));
        Assert.Equal(Sensor, await RowsAsync("sensor2"));
        var quota = await QuotaAsync(client, Quota.Rows);
        Assert.Equal(
            (Sensor + 1, Sensor, 1, "quotas.tenants.acme.rows_removed_per_day"),
            (
                quota.GetProperty("limit").GetInt64(),
                quota.GetProperty("used").GetInt64(),
                quota.GetProperty("refused").GetInt64(),
                quota.GetProperty("from").GetString()
            )
        );
        using var admin = _served.Client(Role.Admin);
        Assert.Contains("\"quota.refused\"", await admin.GetStringAsync("api/v1/audit"), StringComparison.Ordinal);
        var page = await client.GetStringAsync("tenants");
        Assert.Contains("rows removed a day", page, StringComparison.Ordinal);
        Assert.Contains("nearly used up", page, StringComparison.Ordinal);
        var metrics = await _served.With(null).GetStringAsync("metrics");
        Assert.Equal(Sensor + 1, Metric(metrics, "varve_server_tenant_limit"));
        Assert.Equal(Sensor, Metric(metrics, "varve_server_tenant_used"));
        Assert.True(Metric(metrics, "varve_server_quota_refused_total") >= 1);

        Declare((Quota.Rows, 2 * Sensor));
        Assert.Equal("done", (await RemoveAsync(client, 2)).GetProperty("state").GetString());
        Assert.Equal(0, await RowsAsync("sensor2"));
    }

    [Fact]
    public async Task No_more_is_stored_than_a_tenant_may_have()
    {
        Declare((Quota.Policies, 3), (Quota.Schedules, 2));
        using var client = _served.Client(Role.Operator);
        await AppliedAsync(client, 1, HttpStatusCode.OK, "schedule: \"0 4 * * *\"\n");
        var refused = await AppliedAsync(client, 2, HttpStatusCode.Conflict, "schedule: \"0 5 * * *\"\n");
        Assert.Equal("VRV523", refused.GetProperty("code").GetString());
        Assert.Equal(
            "The tenant acme may have 2 schedules (quotas.tenants.acme.schedules) and has 2; this would make it 3. Nothing was stored. Take some out, or ask whoever runs the server for more.",
            refused.GetProperty("detail").GetString()
        );
        using var admin = _served.Client(Role.Admin);
        using var put = new HttpRequestMessage(HttpMethod.Put, $"api/v1/connections/{ServedDatabase.Mine}/queries/added")
        {
            Content = JsonContent.Create(
                new
                {
                    yaml = "query: added\nsql: SELECT ts, v AS n FROM events WHERE ts >= {from} AND ts < {to}\nschedule: \"@hourly\"\ninto: added\n",
                }
            ),
        };
        put.Headers.IfNoneMatch.Add(System.Net.Http.Headers.EntityTagHeaderValue.Any);
        var query = await ServedDatabase.JsonAsync(await admin.SendAsync(put));
        Assert.True(query.GetProperty("code").GetString() == "VRV523", query.ToString());
        await AppliedAsync(client, 2, HttpStatusCode.OK);
        Assert.Contains(
            "3 policies (quotas.tenants.acme.policies) and has 3",
            (await AppliedAsync(client, 3, HttpStatusCode.Conflict)).GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );

        // What it has may be changed all the same, also where the quota came later; and another tenant has its own.
        Declare((Quota.Policies, 1), (Quota.Schedules, 1));
        await AppliedAsync(client, 2, HttpStatusCode.OK, "tags: [changed]\n");
        using var theirs = _served.Client(Role.Operator, "other");
        await AppliedAsync(theirs, 1, HttpStatusCode.OK, connection: ServedDatabase.Theirs);
        var log = (await ServedDatabase.JsonAsync(await admin.GetAsync("api/v1/audit"))).GetProperty("items").EnumerateArray();
        Assert.Equal(
            ["policies", "schedules"],
            log.Where(e => e.GetProperty("action").GetString() == "quota.refused")
                .Select(e => e.GetProperty("detail").GetProperty("quota").GetString())
                .Distinct()
        );
    }

    [Fact]
    public async Task A_tenant_that_sends_too_much_is_refused_and_no_other_one()
    {
        Declare((Quota.Requests, 1));
        using var client = _served.Client(Role.Viewer);
        using var another = _served.Client(Role.Operator);
        List<HttpResponseMessage> answers = [];
        foreach (var one in Enumerable.Range(0, 20))
            answers.Add(await (one % 2 == 0 ? client : another).GetAsync("api/v1/me"));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.True(answers.Count - refused.Count >= TenantRate.Burst, $"{refused.Count} were refused.");
        var problem = await ServedDatabase.JsonAsync(refused[0]);
        Assert.Equal("VRV524", problem.GetProperty("code").GetString());
        Assert.NotNull(refused[0].Headers.RetryAfter);
        foreach (var free in new[] { _served.Client(Role.Viewer, "other"), _served.Client(Role.Admin, Caller.AllTenants) })
            foreach (var _ in Enumerable.Range(0, 10))
                Assert.Equal(HttpStatusCode.OK, (await free.GetAsync("api/v1/me")).StatusCode);
    }

    private static QuotaSettings Acme(params (Quota Quota, long Value)[] quotas) =>
        QuotaSettings.None with
        {
            Tenants = new Dictionary<string, IReadOnlyDictionary<string, long>>
            {
                ["acme"] = quotas.ToDictionary(q => q.Quota.Key, q => q.Value),
            },
        };

    private void Declare(params (Quota Quota, long Value)[] quotas) =>
        _served.Server.Services.GetRequiredService<TenantQuotas>().Declare(Acme(quotas));

    private static async Task<JsonElement> QuotaAsync(HttpClient client, Quota quota) =>
        (await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/tenants")))
            .GetProperty("tenants")
            .EnumerateArray()
            .Single()
            .GetProperty("quotas")
            .EnumerateArray()
            .Single(q => q.GetProperty("quota").GetString() == quota.Key);

    private static string Skipped(JsonElement policy)
    {
        var text = policy.GetProperty("skipped")[0].GetString()!;
        return text[text.IndexOf("it would", StringComparison.Ordinal)..];
    }

    private static double Metric(string metrics, string name) =>
        double.Parse(
            metrics
                .Split('\n')
                .Single(l =>
                    l.StartsWith(name, StringComparison.Ordinal)
                    && l.Contains("varve_tenant=\"acme\"", StringComparison.Ordinal)
                    && l.Contains("varve_quota=\"rows_removed_per_day\"", StringComparison.Ordinal)
                )
                .Split("} ")[1]
                .Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture
        );

    /// <summary>Stores the policy of a sensor and lets go what is past its time.</summary>
    private async Task<JsonElement> RemoveAsync(HttpClient client, int sensor)
    {
        var name = $"sensor{sensor}";
        await AppliedAsync(client, sensor, HttpStatusCode.OK, keep: "7d");
        return await _served.RunAsync(client, new { policies = new[] { name }, yes = true });
    }

    private static async Task<JsonElement> AppliedAsync(
        HttpClient client,
        int sensor,
        HttpStatusCode status,
        string more = "",
        string connection = ServedDatabase.Mine,
        string keep = "forever"
    )
    {
        var name = $"sensor{sensor}";
        var answer = await client.PostAsync(
            Apply.Replace(ServedDatabase.Mine, connection, StringComparison.Ordinal),
            JsonContent.Create(
                new
                {
                    yaml = $"policy: {name}\ntable: {name}\ntime: ts\nseries: [host]\nmeasures:\n  v: [sum, count]\nkeep: {keep}\ntiers:\n  - {{ every: 6h, keep: forever }}\n  - {{ every: 1d, keep: forever }}\n{more}",
                }
            )
        );
        Assert.True(answer.StatusCode == status, await answer.Content.ReadAsStringAsync());
        return await ServedDatabase.JsonAsync(answer);
    }

    private Task<long> RowsAsync(string table) =>
        _served
            .Server.Services.GetRequiredService<Connections.ConnectionSet>()
            .Find(Caller.Scheduler, ServedDatabase.Mine)!
            .OwnAsync(
                "test",
                TimeSpan.FromSeconds(30),
                async (_, database) =>
                    (
                        await database.Engine.TransactAsync(
                            (s, token) => s.QueryAsync($"SELECT count(*) FROM {new Varve.Policies.TableName(null, table)}", token),
                            Varve.Engines.Scope.Reading,
                            default
                        )
                    )[0]
                        .Long(0),
                default
            );
}
