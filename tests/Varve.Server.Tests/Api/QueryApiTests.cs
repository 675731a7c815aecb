using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DuckDB.NET.Data;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

[Collection(Served.Name)]
public sealed class QueryApiTests(ServedDatabase served)
{
    private const string At = $"api/v1/connections/{ServedDatabase.Mine}";

    [Fact]
    public async Task A_query_is_checked_stored_changed_and_taken_out_by_its_revision()
    {
        using var admin = served.Client(Role.Admin);
        var wrong = await admin.PutAsync(
            $"{At}/queries/edited",
            Text("edited", "SELECT ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {until}"),
            "*"
        );
        var problem = await ServedDatabase.JsonAsync(wrong);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, 3),
            (wrong.StatusCode, problem.GetProperty("errors")[0].GetProperty("line").GetInt32())
        );
        var unknown = await ServedDatabase.JsonAsync(
            await admin.PostAsync(
                $"{At}/queries/check",
                Text("edited", "SELECT tz AS ts, 1 AS n FROM events WHERE ts >= {from} AND ts < {to}")
            )
        );
        Assert.False(unknown.GetProperty("isSound").GetBoolean());
        Assert.Equal("VRV374", unknown.GetProperty("problems")[0].GetProperty("code").GetString());

        Assert.Equal((HttpStatusCode)428, (await admin.PutAsync($"{At}/queries/edited", Text("edited", Sum))).StatusCode);
        var created = await admin.PutAsync($"{At}/queries/edited", Text("edited", Sum), "*");
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (created.StatusCode, created.Headers.ETag!.Tag));
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await admin.PutAsync($"{At}/queries/edited", Text("edited", Sum), "*")).StatusCode
        );
        var changed = await admin.PutAsync($"{At}/queries/edited", Text("edited", Sum, "retries: 2"), "\"1\"");
        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        var revisions = (await ServedDatabase.JsonAsync(await admin.GetAsync($"{At}/queries/edited/revisions"))).GetProperty("revisions");
        Assert.Equal(("retries", "0", "2"), (Change(revisions, "path"), Change(revisions, "before"), Change(revisions, "after")));
        using var theirs = served.Client(Role.Admin, "other");
        Assert.Equal(HttpStatusCode.NotFound, (await theirs.GetAsync($"{At}/queries/edited")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"{At}/queries/edited", "\"2\"")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"{At}/queries/edited")).StatusCode);
        Assert.Contains("query.deleted", await admin.GetStringAsync("api/v1/audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_allowed_it_no_statement_of_a_person_is_stored_or_tried()
    {
        using var admin = served.Client(Role.Admin, "other");
        foreach (
            var refused in new[]
            {
                await admin.PutAsync($"api/v1/connections/{ServedDatabase.Theirs}/queries/q", Text("q", Sum), "*"),
                await admin.PostAsync($"api/v1/connections/{ServedDatabase.Theirs}/queries/check", Text("q", Sum)),
            }
        )
            Assert.Equal(
                (HttpStatusCode.Forbidden, "VRV521"),
                (refused.StatusCode, (await ServedDatabase.JsonAsync(refused)).GetProperty("code").GetString())
            );
    }

    /// <summary>What a dry run lists is what is done; done again it counts once.</summary>
    [Fact]
    public async Task A_backfill_lists_its_windows_does_them_and_finds_nothing_left()
    {
        using var client = served.Client(Role.Admin);
        await client.PutAsync($"{At}/queries/filled", Text("filled", Sum), "*");
        var range = new
        {
            query = "filled",
            from = "2026-01-01",
            to = "2026-01-01T12:30Z",
            atOnce = 3,
            order = "newest-first",
        };
        var dry = await ServedDatabase.JsonAsync(
            await client.PostAsync(
                $"{At}/backfills",
                JsonContent.Create(
                    new
                    {
                        range.query,
                        range.from,
                        range.to,
                        range.order,
                        dryRun = true,
                    }
                )
            )
        );
        Assert.Equal((12, 12), (dry.GetProperty("whole").GetInt32(), dry.GetProperty("wouldRun").GetInt32()));
        Assert.Equal("2026-01-01T11:00:00Z", dry.GetProperty("windows")[0].GetProperty("window").GetProperty("from").GetString());
        Assert.Equal(0, Count("filled_sums"));
        client.DefaultRequestHeaders.Add("Idempotency-Key", "fill-1");
        var begun = await client.PostAsync($"{At}/backfills", JsonContent.Create(range));
        var done = await EndedAsync(client, begun);

        // Nothing of it is left to do, and whoever did not hear the answer is told of the same backfill.
        var told = await client.PostAsync($"{At}/backfills", JsonContent.Create(range));
        Assert.Equal((HttpStatusCode.Accepted, begun.Headers.Location), (told.StatusCode, told.Headers.Location));
        var other = await client.PostAsync(
            $"{At}/backfills",
            JsonContent.Create(
                new
                {
                    range.query,
                    range.from,
                    range.to,
                }
            )
        );
        Assert.Equal("VRV516", (await ServedDatabase.JsonAsync(other)).GetProperty("code").GetString());
        client.DefaultRequestHeaders.Remove("Idempotency-Key");
        Assert.Equal(("done", 12), (done.GetProperty("state").GetString(), done.GetProperty("runs").GetProperty("done").GetInt32()));
        Assert.Equal(12, Count("filled_sums"));
        Assert.Equal(
            12,
            (await ServedDatabase.JsonAsync(await client.GetAsync($"{At}/queries/filled/windows?limit=100")))
                .GetProperty("windows")
                .GetArrayLength()
        );

        var nothing = await client.PostAsync($"{At}/backfills", JsonContent.Create(range));
        Assert.Equal(
            (HttpStatusCode.Conflict, "VRV520"),
            (nothing.StatusCode, (await ServedDatabase.JsonAsync(nothing)).GetProperty("code").GetString())
        );
        Execute("INSERT INTO events VALUES (TIMESTAMP '2026-01-01 00:30:01', 7)");
        var again = await EndedAsync(
            client,
            await client.PostAsync(
                $"{At}/backfills",
                JsonContent.Create(
                    new
                    {
                        range.query,
                        range.from,
                        range.to,
                        windows = "all",
                    }
                )
            )
        );
        Assert.Equal(12, again.GetProperty("runs").GetProperty("done").GetInt32());
        Assert.Equal(12, Count("filled_sums"));
        var added = await client.PutAsync(
            $"{At}/queries/adds",
            Text("adds", Sum.Replace("AS ts", "AS ts", StringComparison.Ordinal), "", "append\ninto: added"),
            "*"
        );
        Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync());
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await client.PostAsync(
                    $"{At}/backfills",
                    JsonContent.Create(
                        new
                        {
                            query = "adds",
                            range.from,
                            range.to,
                            windows = "all",
                        }
                    )
                )
            ).StatusCode
        );
    }

    [Fact]
    public async Task A_window_that_fails_is_tried_again_told_and_left_or_taken_by_the_next_backfill()
    {
        using var client = served.Client(Role.Admin);
        var stored = await client.PutAsync(
            $"{At}/queries/fails",
            Text(
                "fails",
                "SELECT date_trunc('hour', ts) AS ts, CAST(CASE WHEN {from} = TIMESTAMP '2026-01-02 01:00:00' THEN 'x' ELSE '1' END AS BIGINT) AS n FROM events WHERE ts >= {from} AND ts < {to} GROUP BY 1",
                "retries: 1"
            ),
            "*"
        );
        Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync());
        var range = new
        {
            query = "fails",
            from = "2026-01-02",
            to = "2026-01-02T03:00Z",
        };
        var ended = await EndedAsync(client, await client.PostAsync($"{At}/backfills", JsonContent.Create(range)));
        Assert.Equal(
            (2, 1),
            (ended.GetProperty("runs").GetProperty("done").GetInt32(), ended.GetProperty("runs").GetProperty("failed").GetInt32())
        );
        var run = (await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/runs?policy=fails")))
            .GetProperty("items")
            .EnumerateArray()
            .Single(r => r.GetProperty("state").GetString() == "failed");
        Assert.Equal(("fails", JsonValueKind.Null), (run.GetProperty("query").GetString(), run.GetProperty("policy").ValueKind));
        var events = await client.GetStringAsync($"api/v1/runs/{run.GetProperty("id").GetString()}/events");
        Assert.Equal(2, events.Split("event: window-failed").Length - 1);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (
                await client.PostAsync(
                    $"{At}/backfills",
                    JsonContent.Create(
                        new
                        {
                            range.query,
                            range.from,
                            range.to,
                            windows = "untried",
                        }
                    )
                )
            ).StatusCode
        );
        var dry = await ServedDatabase.JsonAsync(
            await client.PostAsync(
                $"{At}/backfills",
                JsonContent.Create(
                    new
                    {
                        range.query,
                        range.from,
                        range.to,
                        dryRun = true,
                    }
                )
            )
        );
        Assert.Equal(
            ["done", "failed", "done"],
            dry.GetProperty("windows").EnumerateArray().Select(w => w.GetProperty("state").GetString())
        );
    }

    [Fact]
    public async Task A_backfill_is_paused_resumed_and_ended()
    {
        using var client = served.Client(Role.Admin);
        await client.PutAsync(
            $"{At}/queries/slow",
            Text(
                "slow",
                "SELECT date_trunc('hour', ts) AS ts, max(levenshtein(repeat('a', 900), repeat(chr(97 + v::INTEGER), 900))) AS n FROM events, range(40) WHERE ts >= {from} AND ts < {to} GROUP BY 1"
            ),
            "*"
        );
        var asked = await client.PostAsync(
            $"{At}/backfills",
            JsonContent.Create(
                new
                {
                    query = "slow",
                    from = "2026-01-01",
                    to = "2026-01-03",
                }
            )
        );
        var at = asked.Headers.Location!.OriginalString;
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await client.PostAsync($"{at}/pause", JsonContent.Create(new { reason = "" }))).StatusCode
        );
        var paused = await ServedDatabase.JsonAsync(await client.PostAsync($"{at}/pause", JsonContent.Create(new { reason = "the day" })));
        Assert.Equal(("paused", "the day"), (paused.GetProperty("state").GetString(), paused.GetProperty("reason").GetString()));
        var still = await ServedDatabase.UntilAsync(
            async () => await ServedDatabase.JsonAsync(await client.GetAsync(at)),
            b => Runs(b, "queued") + Runs(b, "running") == 0
        );
        var after = Runs(still, "done");
        Assert.InRange(after, 0, 47);
        await client.PostAsync($"{at}/resume", null);
        await ServedDatabase.UntilAsync(
            async () => await ServedDatabase.JsonAsync(await client.GetAsync(at)),
            b => Runs(b, "done") > after
        );
        Assert.Equal("ended", (await ServedDatabase.JsonAsync(await client.PostAsync($"{at}/end", null))).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync($"{at}/resume", null)).StatusCode);
        using var theirs = served.Client(Role.Admin, "other");
        Assert.Equal(HttpStatusCode.NotFound, (await theirs.GetAsync(at)).StatusCode);
    }

    private const string Sum = "SELECT date_trunc('hour', ts) AS ts, sum(v) AS n FROM events WHERE ts >= {from} AND ts < {to} GROUP BY 1";

    /// <summary>A query of its own hours in the far past, so that its schedule finds nothing to do beside a test.</summary>
    private static JsonContent Text(string name, string sql, string more = "", string? write = null) =>
        JsonContent.Create(
            new
            {
                yaml = $"query: {name}\nsql: |\n  {sql}\nschedule: \"@hourly\"\ncatchup: none\nwrite: {write ?? $"replace\ntime: ts\ninto: {name}_sums"}\n{more}\n",
            }
        );

    private static string? Change(JsonElement revisions, string part) =>
        revisions[0].GetProperty("changes")[0].GetProperty(part).GetString();

    private static int Runs(JsonElement backfill, string state) =>
        backfill.GetProperty("runs").TryGetProperty(state, out var count) ? count.GetInt32() : 0;

    private static async Task<JsonElement> EndedAsync(HttpClient client, HttpResponseMessage asked)
    {
        Assert.True(asked.StatusCode == HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        return await ServedDatabase.UntilAsync(
            async () => await ServedDatabase.JsonAsync(await client.GetAsync(asked.Headers.Location)),
            b => b.GetProperty("state").GetString() is not ("running" or "paused")
        );
    }

    private long Count(string table)
    {
        using var connection = new DuckDBConnection($"Data Source={served.File(ServedDatabase.Mine)}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table} WHERE ts < TIMESTAMP '2026-01-01 12:00:00'";
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var connection = new DuckDBConnection($"Data Source={served.File(ServedDatabase.Mine)}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

internal static class QueryRequests
{
    internal static Task<HttpResponseMessage> PutAsync(this HttpClient client, string path, HttpContent content, string match)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
        request.Headers.TryAddWithoutValidation(match == "*" ? "If-None-Match" : "If-Match", match);
        return client.SendAsync(request);
    }

    internal static Task<HttpResponseMessage> DeleteAsync(this HttpClient client, string path, string match)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Headers.TryAddWithoutValidation("If-Match", match);
        return client.SendAsync(request);
    }
}
