using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DuckDB.NET.Data;

namespace Varve.Apps.Tests;

/// <summary>A server that is killed while requests that write are in it, one of each kind.</summary>
public sealed class ServeKillTests
{
    private const string At = "api/v1/connections/test";
    private const string Two = "[{ every: 1h }, { every: 1d }]";

    private static readonly string[] s_kinds = ["erased", "pruned", "shown", "less"];

    /// <summary>It is killed when so many have been answered; the others are somewhere on their way.</summary>
    [Fact]
    public async Task What_was_under_way_is_sent_again_after_a_kill_and_is_done_once()
    {
        using var box = await Sandbox.AppliedAsync();
        int[] answered = [1, 5, 9];
        for (var n = 0; n < answered.Length; n++)
        {
            box.Sql($"CREATE TABLE t{n} AS SELECT * FROM cpu LIMIT 0");
            using var other = new DuckDBConnection($"Data Source={Path.Combine(box.Folder, $"other{n}.duckdb")}");
            other.Open();
        }

        box.Sql("CREATE TABLE sums (ts TIMESTAMP, n BIGINT)");
        var cold = await KeepAsync(box, answered.Length);
        box.Write("serve.yaml", $"listen: http://127.0.0.1:0\nconnections:\n  test: {{ url: \"{box.Db}\", queries: true }}\n");
        await using var server = new ServeProcess(box.Folder, ("VARVE_ARCHIVE_COLD", cold));
        await server.StartAsync();
        using (var query = Put("queries/base", Query("base")))
            Assert.Equal(HttpStatusCode.Created, (await server.Client.SendAsync(query)).StatusCode);
        for (var n = 0; n < answered.Length; n++)
        {
            var ci = await server.TokenAsync($"ci{n}");
            var token = (await server.GetAsync("tokens"))
                .GetProperty("tokens")
                .EnumerateArray()
                .Single(t => t.GetProperty("name").GetString() == $"ci{n}")
                .GetProperty("id")
                .GetString();
            var requests = await RequestsAsync(server, n, token!);
            await KilledAsync(server, requests, answered[n]);
            await server.StartAsync();
            foreach (var make in requests)
            {
                using var answer = await AgainAsync(server.Client, make);
                Assert.True(
                    answer.IsSuccessStatusCode || await CodeAsync(answer) is "VRV514" or "VRV315" or "VRV519" or "VRV520" or "VRV512",
                    $"{answer.RequestMessage}: {await answer.Content.ReadAsStringAsync()}"
                );
            }

            await DoneOnceAsync(server, n);
            using var revoked = new HttpRequestMessage(HttpMethod.Get, "api/v1/me");
            revoked.Headers.Authorization = new("Bearer", ci);
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.Client.SendAsync(revoked)).StatusCode);
        }

        foreach (var log in new[] { "audit/verdict", "connections/test/audit/verdict" })
        {
            var verdict = await server.GetAsync(log);
            Assert.True(verdict.GetProperty("holds").GetBoolean(), verdict.ToString());
        }

        await server.KillAsync();
        for (var n = 0; n < answered.Length; n++)
        {
            Assert.Equal(
                (0, 864),
                (box.Count($"SELECT count(*) FROM erased{n} WHERE host = 'host1'"), box.Count($"SELECT count(*) FROM erased{n}"))
            );
            Assert.Equal(432, box.Count($"SELECT count(*) FROM back{n}"));
        }

        Assert.Equal(0, box.Count("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'less_\\_1d%' ESCAPE '\\'"));
    }

    /// <summary>Sends all of them at once, and kills the server when so many were answered.</summary>
    private static async Task KilledAsync(ServeProcess server, IReadOnlyList<Func<HttpRequestMessage>> requests, int answered)
    {
        var open = requests.Select(make => SendAsync(server.Client, make)).ToList();
        for (var done = 0; done < answered && open.Count > 0;)
        {
            var one = await Task.WhenAny(open);
            open.Remove(one);
            done += await one ? 1 : 0;
        }

        await server.KillAsync();
        await Task.WhenAll(open);
    }

    private static async Task<bool> SendAsync(HttpClient client, Func<HttpRequestMessage> make)
    {
        try
        {
            using var request = make();
            using var answer = await client.SendAsync(request);
            return true;
        }
        catch (HttpRequestException)
        {
            // It was killed in it: that is what is tried.
            return false;
        }
    }

    /// <summary>
    /// Sends it until the server has time for it: the run that is sent again first holds its policy while it is under way.
    /// </summary>
    private static async Task<HttpResponseMessage> AgainAsync(HttpClient client, Func<HttpRequestMessage> make)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            using var request = make();
            var answer = await client.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || since.Elapsed > TimeSpan.FromMinutes(2))
                return answer;
            var wait = answer.Headers.RetryAfter!.Delta!.Value;
            answer.Dispose();
            await Task.Delay(wait);
        }
    }

    /// <summary>
    /// Tables with tiers and archives for what people do by hand, four for each turn: one to erase from, one whose archive is pruned, one
    /// whose archive is restored, and one with a tier that its policy no longer has. Where the archive is.
    /// </summary>
    private static async Task<string> KeepAsync(Sandbox box, int turns)
    {
        var cold = Directory.CreateDirectory(Path.Combine(box.Folder, "cold")).FullName;
        List<string> policies = [];
        for (var n = 0; n < turns; n++)
            foreach (var kind in s_kinds)
            {
                box.Sql($"CREATE TABLE {kind}{n} AS SELECT * FROM cpu WHERE ts < TIMESTAMP '2025-03-04'");
                policies.Add(Policy($"{kind}{n}", kind is "pruned" or "shown" ? "7d\narchive: cold" : "forever", Two));
            }

        box.Write("kept.yaml", string.Join("---\n", policies));
        box.Write(
            "less.yaml",
            string.Join("---\n", Enumerable.Range(0, turns).Select(n => Policy($"less{n}", "forever", "[{ every: 1h }]")))
        );
        string[] of = [.. Enumerable.Range(0, turns).SelectMany(n => s_kinds.Select(kind => $"{kind}{n}"))];
        foreach (
            var args in new string[][]
            {
                ["apply", "kept.yaml"],
                ["run", .. of, "--as-of", Sandbox.AsOf, "--yes", "--archive", $"cold={cold}"],
                ["apply", "less.yaml"],
            }
        )
        {
            var said = await box.RunAsync(args);
            Assert.True(said.ExitCode == 0, said.Text);
        }

        return cold;
    }

    private static string Policy(string name, string keep, string tiers) =>
        $"policy: {name}\ntable: {name}\ntime: ts\nseries: [host]\nmeasures:\n  load: [sum]\nkeep: {keep}\ntiers: {tiers}\nschedule: \"0 3 1 1 *\"\n";

    /// <summary>
    /// Each kind of request that writes, as whoever sends it again sends it: with its key, with the hash of what goes, or with what it
    /// had read.
    /// </summary>
    private static async Task<IReadOnlyList<Func<HttpRequestMessage>>> RequestsAsync(ServeProcess server, int n, string token)
    {
        List<Func<HttpRequestMessage>> all = [.. Requests(n, token)];
        foreach (var (path, body) in Removals(n))
        {
            var hash = await HashAsync(server, path, body);
            all.Add(() => Post(n, path, body("confirm", hash!)));
        }

        return
        [
            .. all,
            () => Post(n, $"{At}/policies/shown{n}/restore", Restore(n)),
            () => Changed($"policies/erased{n}", Policy($"erased{n}", "forever\ntags: [changed]", Two), 1),
            () => Post(n, $"{At}/schedules/shown{n}/pause", new { reason = $"pause {n}" }),
            () => Post(n, $"{At}/schedules/shown{n}/skip", new { }),
            () => Post(n, $"{At}/schedules/shown{n}/resume", new { }),
        ];
    }

    /// <summary>What cannot be undone: each is asked first, and then sent with the hash of what goes.</summary>
    private static IReadOnlyList<(string Path, Func<string, object, Dictionary<string, object>> Body)> Removals(int n) =>
        [
            ($"{At}/policies/erased{n}/erase", (word, value) => new() { ["where"] = new { host = "host1" }, [word] = value }),
            ($"{At}/policies/less{n}/retired/drop", (word, value) => new() { [word] = value }),
            (
                $"{At}/archives/prune",
                (word, value) =>
                    new()
                    {
                        ["policies"] = new[] { $"pruned{n}" },
                        ["olderThan"] = "1d",
                        [word] = value,
                    }
            ),
        ];

    private static object Restore(int n) =>
        new
        {
            from = "2025-03-02",
            to = "2025-03-03",
            into = $"back{n}",
        };

    /// <summary>The hash of what would go; null where nothing would.</summary>
    private static async Task<string?> HashAsync(ServeProcess server, string path, Func<string, object, Dictionary<string, object>> body)
    {
        using var answer = await AgainAsync(server.Client, () => Post(path, body("dryRun", true)));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("confirm").GetString();
    }

    /// <summary>What was asked for by hand is done, or asked for under a new key, as the server says; then it is done once.</summary>
    private static async Task GoneOnceAsync(ServeProcess server, int n)
    {
        foreach (var (path, body) in Removals(n))
        {
            if (await HashAsync(server, path, body) is not { } left)
                continue;
            using var answer = await AgainAsync(server.Client, () => Post(path, body("confirm", left)));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.Null(await HashAsync(server, path, body));
        }

        using var restored = await AgainAsync(server.Client, () => Post($"{At}/policies/shown{n}/restore", Restore(n)));
        Assert.True(restored.IsSuccessStatusCode || await CodeAsync(restored) == "VRV349", await restored.Content.ReadAsStringAsync());
        Assert.Equal(
            2,
            (await server.GetAsync($"connections/test/policies/erased{n}/revisions")).GetProperty("revisions").GetArrayLength()
        );
        var schedule = await server.GetAsync($"connections/test/schedules/shown{n}");
        Assert.Equal(JsonValueKind.Null, schedule.GetProperty("paused").ValueKind);
        Assert.True(schedule.GetProperty("skipsNext").GetBoolean());
    }

    private static IReadOnlyList<Func<HttpRequestMessage>> Requests(int n, string token) =>
        [
            () => Post(n, $"{At}/runs", new { policies = new[] { "cpu" } }),
            () =>
                Post(
                    n,
                    $"{At}/backfills",
                    new
                    {
                        query = "base",
                        from = $"2025-03-0{n + 1}T00:00Z",
                        to = $"2025-03-0{n + 1}T02:00Z",
                    }
                ),
            () => Post(n, $"{At}/policies/cpu/holds", new { reason = $"audit {n}", from = "2020-01-01" }),
            () => Post(n, $"{At}/policies/cpu/invalidate", new { from = "2025-03-02", to = "2025-03-03" }),
            () =>
                Put(
                    $"policies/t{n}",
                    $"policy: t{n}\ntable: t{n}\ntime: ts\nseries: [host]\nmeasures:\n  load: [sum]\nkeep: 30d\ntiers:\n  - {{ every: 1h, keep: forever }}\n"
                ),
            () => Put($"queries/q{n}", Query($"q{n}")),
            () => Post(n, "api/v1/connections", new { name = $"c{n}", url = $"duckdb:other{n}.duckdb" }),
            () => new(HttpMethod.Delete, $"api/v1/tokens/{token}"),
        ];

    private static async Task DoneOnceAsync(ServeProcess server, int n)
    {
        var runs = (await server.GetAsync("runs?limit=200&policy=cpu")).GetProperty("items").EnumerateArray();
        Assert.Equal(n + 1, runs.Count(r => r.GetProperty("trigger").GetString() == "manual"));
        Assert.Equal(n + 1, (await server.GetAsync("backfills")).GetProperty("backfills").GetArrayLength());
        var holds = (await server.GetAsync("connections/test/policies/cpu/holds")).GetRawText();
        Assert.InRange(holds.Split($"\"audit {n}\"").Length - 1, 0, 1);
        foreach (var revised in new[] { $"policies/t{n}", $"queries/q{n}" })
            Assert.Equal(1, (await server.GetAsync($"connections/test/{revised}/revisions")).GetProperty("revisions").GetArrayLength());
        Assert.Equal($"c{n}", (await server.GetAsync($"connections/c{n}")).GetProperty("name").GetString());
        await GoneOnceAsync(server, n);
    }

    private static string Query(string name) =>
        $"query: {name}\nsql: SELECT ts, 1 AS n FROM cpu WHERE ts >= {{from}} AND ts < {{to}}\ninto: sums\ntime: ts\nwrite: replace\nschedule: \"@hourly\"\ncatchup: none\n";

    private static HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };

    private static HttpRequestMessage Post(int n, string path, object body)
    {
        var request = Post(path, body);
        request.Headers.Add("Idempotency-Key", $"{path}-{n}");
        return request;
    }

    private static HttpRequestMessage Changed(string path, string yaml, int revision)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"{At}/{path}") { Content = JsonContent.Create(new { yaml }) };
        request.Headers.IfMatch.Add(new($"\"{revision}\""));
        return request;
    }

    private static HttpRequestMessage Put(string path, string yaml)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"{At}/{path}") { Content = JsonContent.Create(new { yaml }) };
        request.Headers.IfNoneMatch.Add(System.Net.Http.Headers.EntityTagHeaderValue.Any);
        return request;
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString();
}
