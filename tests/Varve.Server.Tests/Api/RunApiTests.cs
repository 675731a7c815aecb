using System.Net;
using System.Net.Http.Json;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

[Collection(Served.Name)]
public sealed class RunApiTests(ServedDatabase served)
{
    private const string Runs = $"api/v1/connections/{ServedDatabase.Mine}/runs";
    private const string Policy = $"api/v1/connections/{ServedDatabase.Mine}/policies/cpu";

    [Fact]
    public async Task A_run_builds_is_braked_and_removes_once_a_person_confirmed()
    {
        using var client = served.Client(Role.Operator);
        var built = await served.RunAsync(client, new { policies = new[] { "cpu" } });
        var policy = built.GetProperty("result").GetProperty("policies")[0];
        Assert.Equal(("braked", "braked"), (built.GetProperty("state").GetString(), policy.GetProperty("outcome").GetString()));
        var hash = policy.GetProperty("brake").GetProperty("hash").GetString();
        var removed = await served.RunAsync(client, new { policies = new[] { "cpu" }, confirm = new[] { hash } });
        Assert.Equal("done", removed.GetProperty("state").GetString());
        Assert.True(removed.GetProperty("result").GetProperty("policies")[0].GetProperty("rowsRemoved").GetInt64() > 0);

        var status = (await ServedDatabase.JsonAsync(await client.GetAsync($"{Policy}/status"))).GetProperty("policies")[0];
        Assert.Equal(0, status.GetProperty("stepsDue").GetInt32());
        Assert.Equal(10, status.GetProperty("schedule").GetProperty("next").GetArrayLength());
        var coverage = (await ServedDatabase.JsonAsync(await client.GetAsync($"{Policy}/coverage?windows=60")))
            .GetProperty("relations")
            .EnumerateArray()
            .ToDictionary(
                r => r.GetProperty("relation").GetString()!,
                r => r.GetProperty("windows").EnumerateArray().Select(w => w.GetProperty("state").GetString()).ToList()
            );
        Assert.Contains("expired", coverage["source"]);
        Assert.Contains("covered", coverage["1h"]);
        var history = (await ServedDatabase.JsonAsync(await client.GetAsync($"{Policy}/history"))).GetProperty("runs");
        var steps = (
            await ServedDatabase.JsonAsync(
                await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/history/{history[0].GetProperty("id")}/steps")
            )
        )
            .GetProperty("steps")
            .EnumerateArray()
            .ToList();
        Assert.Contains(
            steps,
            s =>
                s.GetProperty("kind").GetString() == "expire"
                && s.GetProperty("statement").GetString()!.Contains("DELETE", StringComparison.Ordinal)
        );
        var answer = await ServedDatabase.JsonAsync(await client.GetAsync($"{Policy}/query?every=1d&columns=load_avg&where=host=host0"));
        Assert.True(answer.GetProperty("rows").GetArrayLength() >= 59);
        Assert.NotEqual(
            0,
            (await ServedDatabase.JsonAsync(await client.GetAsync($"{Policy}/forecast?ahead=30d")))
                .GetProperty("policies")[0]
                .GetProperty("stored")
                .GetProperty("total")
                .GetArrayLength()
        );
        Assert.True(
            (await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/audit/verdict")))
                .GetProperty("holds")
                .GetBoolean()
        );
        Assert.True((await ServedDatabase.JsonAsync(await client.GetAsync($"{Policy}/verify"))).GetProperty("agrees").GetBoolean());
        Assert.Contains(
            "Operator-acme",
            await client.GetStringAsync($"api/v1/connections/{ServedDatabase.Mine}/audit"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_same_key_is_the_same_run_and_another_request_under_it_is_refused()
    {
        using var client = served.Client(Role.Operator);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "night-1");
        var first = await client.PostAsync(Runs, JsonContent.Create(new { policies = new[] { "cpu" } }));
        var again = await client.PostAsync(Runs, JsonContent.Create(new { policies = new[] { "cpu" } }));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        var other = await client.PostAsync(Runs, JsonContent.Create(new { policies = new[] { "cpu" }, maxRemove = 5 }));
        Assert.Equal(
            ((HttpStatusCode)422, "VRV516"),
            (other.StatusCode, (await ServedDatabase.JsonAsync(other)).GetProperty("code").GetString())
        );
    }

    [Fact]
    public async Task Events_go_on_behind_the_last_one_that_was_read()
    {
        using var client = served.Client(Role.Operator);
        var run = (await served.RunAsync(client, new { policies = new[] { "cpu" } })).GetProperty("id").GetString();
        var all = Ids(await client.GetStringAsync($"api/v1/runs/{run}/events"));
        Assert.Equal(Enumerable.Range(1, all.Count), all);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/runs/{run}/events");
        request.Headers.Add("Last-Event-ID", "1");
        Assert.Equal(all.Skip(1), Ids(await (await client.SendAsync(request)).Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("{\"policies\":[\"nobody\"]}", 404, "VRV306")]
    [InlineData("{\"asOf\":\"tomorrow\"}", 400, "VRV518")]
    [InlineData("{\"for\":\"soon\"}", 400, "VRV518")]
    [InlineData("{\"maxRemove\":-1}", 400, "VRV518")]
    [InlineData("{\"polices\":[\"cpu\"]}", 400, "VRV518")]
    [InlineData("{", 400, "VRV518")]
    [InlineData("[]", 400, "VRV518")]
    public async Task What_cannot_be_run_is_refused_before_anything_is_stored(string body, int status, string code)
    {
        using var client = served.Client(Role.Operator);
        var answer = await client.PostAsync(Runs, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal((status, code), ((int)answer.StatusCode, (await ServedDatabase.JsonAsync(answer)).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_hold_keeps_and_is_released()
    {
        using var client = served.Client(Role.Operator);
        var hold = await ServedDatabase.JsonAsync(
            await client.PostAsync($"{Policy}/holds", JsonContent.Create(new { reason = "an audit", from = "2020-01-01" }))
        );
        var id = hold.GetProperty("hold").GetProperty("id").GetString();
        Assert.Contains("an audit", await client.GetStringAsync($"{Policy}/holds"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{Policy}/holds/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"{Policy}/holds/{id}")).StatusCode);
    }

    [Fact]
    public async Task A_schedule_is_paused_with_a_reason_and_resumed()
    {
        using var client = served.Client(Role.Operator);
        const string Schedule = $"api/v1/connections/{ServedDatabase.Mine}/schedules/cpu";
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await client.PostAsync($"{Schedule}/pause", JsonContent.Create(new { reason = "" }))).StatusCode
        );
        var paused = await ServedDatabase.JsonAsync(
            await client.PostAsync($"{Schedule}/pause", JsonContent.Create(new { reason = "moving", until = "2100-01-01T00:00Z" }))
        );
        Assert.Equal(
            ("moving", "Operator-acme"),
            (paused.GetProperty("paused").GetProperty("reason").GetString(), paused.GetProperty("paused").GetProperty("by").GetString())
        );
        var resumed = await ServedDatabase.JsonAsync(await client.PostAsync($"{Schedule}/resume", null));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, resumed.GetProperty("paused").ValueKind);
        Assert.Equal(10, resumed.GetProperty("next").GetArrayLength());
    }

    [Theory]
    [InlineData("runs?limit=abc", "`limit` cannot be \"abc\": it is a whole number.")]
    [InlineData("connections/metrics/history?idle=maybe", "`idle` cannot be \"maybe\": it is true or false.")]
    public async Task A_parameter_that_cannot_be_is_named_in_words(string path, string expected)
    {
        using var client = served.Client(Role.Viewer);
        var problem = await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/{path}"));
        Assert.Equal($"The request cannot be read: {expected}", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task All_schedules_of_a_database_are_paused_and_those_of_one_reason_resumed()
    {
        using var client = served.Client(Role.Operator, "other");
        const string Theirs = $"api/v1/connections/{ServedDatabase.Theirs}";
        var applied = await client.PostAsync(
            $"{Theirs}/apply",
            JsonContent.Create(new { yaml = "policy: sensor3\ntable: sensor3\ntime: ts\nkeep: 300d\nschedule: \"0 4 * * *\"\n" })
        );
        Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync());
        await client.PostAsync($"{Theirs}/schedules/cpu/pause", JsonContent.Create(new { reason = "bad data" }));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (
                await client.PostAsync(
                    "api/v1/schedules/pause",
                    JsonContent.Create(new { reason = "a move", connection = ServedDatabase.Mine })
                )
            ).StatusCode
        );
        Assert.Equal(
            ["bad data", "a move"],
            await PausedAsync(client, "pause", new { reason = "a move", connection = ServedDatabase.Theirs })
        );
        var page = await client.GetStringAsync("schedules");
        Assert.Contains("Resume 1: a move", page, StringComparison.Ordinal);
        Assert.Contains("Resume all 2", page, StringComparison.Ordinal);
        Assert.Equal(["bad data", null], await PausedAsync(client, "resume?reason=a%20move", null));
        Assert.Equal([null, null], await PausedAsync(client, $"resume?connection={ServedDatabase.Theirs}", null));
        using var everybody = served.Client(Role.Admin, Caller.AllTenants);
        var told = (await everybody.GetStringAsync("api/v1/audit?limit=100")).Split("\"secret/sensor3\"").Length - 1;
        Assert.Equal(3, told);
        using var mine = served.Client(Role.Viewer);
        Assert.DoesNotContain("a move", await mine.GetStringAsync("api/v1/schedules"), StringComparison.Ordinal);
    }

    /// <summary>Why each schedule is paused, after something was said about all of them.</summary>
    private static async Task<List<string?>> PausedAsync(HttpClient client, string path, object? body)
    {
        var answer = await client.PostAsync($"api/v1/schedules/{path}", body is null ? null : JsonContent.Create(body));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return
        [
            .. (await ServedDatabase.JsonAsync(answer))
                .GetProperty("schedules")
                .EnumerateArray()
                .Select(s => s.GetProperty("paused"))
                .Select(p => p.ValueKind == System.Text.Json.JsonValueKind.Null ? null : p.GetProperty("reason").GetString()),
        ];
    }

    private static List<int> Ids(string events) =>
        [
            .. events
                .Split('\n')
                .Where(l => l.StartsWith("id: ", StringComparison.Ordinal))
                .Select(l => int.Parse(l[4..], System.Globalization.CultureInfo.InvariantCulture)),
        ];
}
