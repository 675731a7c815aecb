using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Runs;

namespace Varve.Server.Tests.Leading;

/// <summary>Two servers on one home, and a home that goes away.</summary>
public abstract class SeveralServersTests(HomeKind kind)
{
    private static readonly TimeSpan s_away = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("VARVE_AWAY_SECONDS") ?? "4", System.Globalization.CultureInfo.InvariantCulture)
    );

    private const string Query =
        "query: long\nsql: SELECT ts, 1 AS n FROM events, range(3000000) a, range(1000000) b WHERE ts >= {from} AND ts < {to} AND a.range + b.range < 0\ninto: sums\ntime: ts\nwrite: replace\nschedule: \"@hourly\"\ncatchup: none\ntimeout: 5m\n";

    [Fact]
    public async Task Any_answers_and_the_one_that_leads_does_what_was_asked()
    {
        await using var scratch = ScratchHome.New(kind);
        await using var served = new ServedDatabase { HomeUrl = scratch.Url, TakeOver = TimeSpan.FromMinutes(2) };
        await served.InitializeAsync();
        await using var other = await served.StartAsync(new("http://127.0.0.1:0"));
        using var here = served.With(served.Token(Role.Admin), other);
        using var there = served.Client(Role.Admin);
        await ServedDatabase.UntilAsync(() => here.GetStringAsync("health/ready"), said => said == "ready; another server leads");

        // A run that is asked for at one is carried out by the other, and both tell how it ended.
        var asked = await here.PostAsync(
            $"api/v1/connections/{ServedDatabase.Mine}/runs",
            JsonContent.Create(new { policies = new[] { "cpu" } })
        );
        var id = (await ServedDatabase.JsonAsync(asked)).GetProperty("id").GetString()!;
        Assert.Contains("event: ended", await here.GetStringAsync($"api/v1/runs/{id}/events"), StringComparison.Ordinal);
        Assert.Contains("event: step-done", await there.GetStringAsync($"api/v1/runs/{id}/events"), StringComparison.Ordinal);
        Assert.Null(other.Services.GetRequiredService<RunQueue>().Feed(id));

        // What one changes the other one knows.
        const string Schedule = $"api/v1/connections/{ServedDatabase.Mine}/schedules/cpu";
        Assert.True((await here.PostAsync($"{Schedule}/pause", JsonContent.Create(new { reason = "moving" }))).IsSuccessStatusCode);
        await ServedDatabase.UntilAsync(
            async () => await ServedDatabase.JsonAsync(await there.GetAsync(Schedule)),
            s => s.GetProperty("paused").ValueKind == JsonValueKind.Object
        );
        using var all = served.Client(Role.Admin, Caller.AllTenants);
        var saved = await all.PostAsync(
            "api/v1/connections",
            JsonContent.Create(
                new
                {
                    name = "new",
                    url = $"duckdb:{served.File(ServedDatabase.Theirs)}",
                    tenant = "acme",
                }
            )
        );
        Assert.Equal(HttpStatusCode.Created, saved.StatusCode);
        await ServedDatabase.UntilAsync(
            async () => (await there.GetAsync("api/v1/connections/new")).StatusCode,
            code => code == HttpStatusCode.OK
        );
        var made = await ServedDatabase.JsonAsync(
            await here.PostAsync("api/v1/tokens", JsonContent.Create(new { name = "ci", role = "viewer" }))
        );
        using var ci = served.With(made.GetProperty("secret").GetString());
        Assert.Equal(HttpStatusCode.OK, (await ci.GetAsync("api/v1/me")).StatusCode);
        await here.DeleteAsync($"api/v1/tokens/{made.GetProperty("token").GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await ci.GetAsync("api/v1/me")).StatusCode);

        // So is a backfill; and a window that is under way there is ended from here.
        using var put = new HttpRequestMessage(HttpMethod.Put, $"api/v1/connections/{ServedDatabase.Mine}/queries/long")
        {
            Content = JsonContent.Create(new { yaml = Query }),
        };
        put.Headers.TryAddWithoutValidation("If-None-Match", "*");
        var stored = await here.SendAsync(put);
        Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync());
        var begun = await ServedDatabase.JsonAsync(
            await here.PostAsync(
                $"api/v1/connections/{ServedDatabase.Mine}/backfills",
                JsonContent.Create(
                    new
                    {
                        query = "long",
                        from = "2026-01-01T00:00Z",
                        to = "2026-01-01T01:00Z",
                    }
                )
            )
        );
        Assert.True(begun.TryGetProperty("id", out _), begun.ToString());
        var window = await ServedDatabase.UntilAsync(
            () => RunAsync(here, "long"),
            r => r is { } run && run.GetProperty("state").GetString() == "running"
        );
        var end = await here.PostAsync(
            $"api/v1/runs/{window!.Value.GetProperty("id").GetString()}/end",
            JsonContent.Create(new { now = true })
        );
        Assert.Equal(HttpStatusCode.Accepted, end.StatusCode);
        await ServedDatabase.UntilAsync(() => RunAsync(there, "long"), r => r!.Value.GetProperty("state").GetString() == "cancelled");

        // The one that leads ends: nobody waits for it.
        await served.Server.StopAsync(CancellationToken.None);
        await ServedDatabase.UntilAsync(() => here.GetStringAsync("health/ready"), said => said == "ready");
        Assert.Equal("braked", (await ServedDatabase.JsonAsync(await here.GetAsync($"api/v1/runs/{id}"))).GetProperty("state").GetString());
        var verdict = await ServedDatabase.JsonAsync(await here.GetAsync("api/v1/audit/verdict"));
        Assert.True(verdict.GetProperty("holds").GetBoolean(), verdict.ToString());
        await other.StopAsync(CancellationToken.None);
    }

    /// <summary>VARVE_AWAY_SECONDS says how long the home is away, beyond what each build has the time for.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(2)]
    public async Task A_home_that_goes_away_is_said_so_and_nothing_is_fired_twice(int takeOver)
    {
        await using var scratch = ScratchHome.New(kind);
        var host = DatabaseUrl.Parse(scratch.Url).Hosts[0];
        await using var cable = new Cable(host.Name, host.Port);
        cable.Plug();
        await using var served = new ServedDatabase
        {
            HomeUrl = scratch.Url.Replace($":{host.Port}/", $":{cable.Port}/", StringComparison.Ordinal),
            TakeOver = TimeSpan.FromSeconds(takeOver),
        };
        await served.InitializeAsync();
        using var client = served.Client(Role.Admin, Caller.AllTenants);
        var applied = await client.PostAsync(
            $"api/v1/connections/{ServedDatabase.Mine}/apply?accept=removes-more",
            JsonContent.Create(new { yaml = ServedDatabase.Policy.Replace("0 3 * * *", "* * * * * *", StringComparison.Ordinal) })
        );
        Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync());
        await ServedDatabase.UntilAsync(() => ScheduledAsync(client), runs => runs.Count >= 2);
        await cable.PullAsync();
        var answer = await client.GetAsync("api/v1/runs");
        var problem = await ServedDatabase.JsonAsync(answer);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json", "VRV506"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, problem.GetProperty("code").GetString())
        );
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (
                await client.PostAsync(
                    $"api/v1/connections/{ServedDatabase.Mine}/runs",
                    JsonContent.Create(new { policies = new[] { "cpu" } })
                )
            ).StatusCode
        );
        using var anybody = served.With(null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await anybody.GetAsync("health/ready")).StatusCode);
        Assert.Equal("live", await anybody.GetStringAsync("health/live"));
        await Task.Delay(s_away);
        cable.Plug();
        await ServedDatabase.UntilAsync(async () => (await anybody.GetAsync("health/ready")).StatusCode, code => code == HttpStatusCode.OK);
        var before = (await ServedDatabase.UntilAsync(() => ScheduledAsync(client), runs => runs.Count > 0)).Max(r => r.At);
        var all = await ServedDatabase.UntilAsync(
            () => ScheduledAsync(client),
            runs => runs.Count(r => string.CompareOrdinal(r.At, before) > 0 && r.State is not ("queued" or "running")) >= 2
        );
        Assert.Equal(all.Count, all.Select(r => r.At).Distinct().Count());
        await ServedDatabase.UntilAsync(
            () => ScheduledAsync(client),
            runs => runs.All(r => r.State is not ("queued" or "running") || string.CompareOrdinal(r.At, before) > 0)
        );
    }

    private static async Task<IReadOnlyList<(string At, string State)>> ScheduledAsync(HttpClient client)
    {
        var answer = await client.GetAsync("api/v1/runs?limit=200");
        return answer.IsSuccessStatusCode
            ?
            [
                .. (await ServedDatabase.JsonAsync(answer))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Where(r => r.GetProperty("scheduled").ValueKind == JsonValueKind.String)
                    .Select(r => (r.GetProperty("scheduled").GetString()!, r.GetProperty("state").GetString()!)),
            ]
            : [];
    }

    private static async Task<JsonElement?> RunAsync(HttpClient client, string query) =>
        (await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/runs")))
            .GetProperty("items")
            .EnumerateArray()
            .Where(r => r.GetProperty("query").ValueKind == JsonValueKind.String && r.GetProperty("query").GetString() == query)
            .Select(r => (JsonElement?)r)
            .FirstOrDefault();
}

public sealed class SeveralServersTestsOnPostgreSql() : SeveralServersTests(HomeKind.PostgreSql);

public sealed class SeveralServersTestsOnCrateDb() : SeveralServersTests(HomeKind.CrateDb);
