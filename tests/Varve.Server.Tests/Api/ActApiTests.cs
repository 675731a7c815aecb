using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

/// <summary>What a person removes by hand says first what goes, goes by its hash only, and once.</summary>
[Collection(Served.Name)]
public sealed class ActApiTests(ServedDatabase served)
{
    private const string Mine = $"api/v1/connections/{ServedDatabase.Mine}";

    private static readonly IReadOnlyDictionary<string, string> Web1 = new Dictionary<string, string> { ["host"] = "host1" };

    /// <summary>Each has a connection of its own to the same file, and none of them waits for the others by itself.</summary>
    [Fact]
    public async Task What_many_do_at_once_is_one_chain_in_the_log_of_the_database()
    {
        using var client = served.Client(Role.Operator);
        var held = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(n =>
                    client.PostAsync(
                        $"api/v1/connections/{ServedDatabase.Mine}/policies/cpu/holds",
                        JsonContent.Create(
                            new
                            {
                                reason = $"at once {n}",
                                from = "2020-01-01",
                                to = "2020-01-02",
                            }
                        )
                    )
                )
        );
        Assert.All(held, h => Assert.Equal(System.Net.HttpStatusCode.OK, h.StatusCode));
        var verdict = await ServedDatabase.JsonAsync(await client.GetAsync($"api/v1/connections/{ServedDatabase.Mine}/audit/verdict"));
        Assert.True(verdict.GetProperty("holds").GetBoolean(), verdict.ToString());
    }

    [Fact]
    public async Task Rows_are_erased_once_by_the_hash_of_what_goes()
    {
        using var client = served.Client(Role.Admin);
        await served.BuildSensorAsync(client, 1);
        const string At = $"{Mine}/policies/sensor1/erase";
        var asked = await PostAsync(client, At, new { where = Web1, dryRun = true });
        Assert.Equal((false, 372L), (asked.GetProperty("done").GetBoolean(), asked.GetProperty("what").GetProperty("rows").GetInt64()));
        Assert.Contains("372 rows of the source", asked.GetProperty("goes").EnumerateArray().Select(g => g.GetString()));
        var word = asked.GetProperty("confirm").GetString();

        var refused = await client.PostAsJsonAsync(At, new { where = Web1 });
        Assert.Equal((HttpStatusCode.Conflict, "VRV530"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Contains(word!, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var other = await client.PostAsJsonAsync(At, new { where = new Dictionary<string, string> { ["host"] = "host2" }, confirm = word });
        Assert.Equal("VRV530", await CodeAsync(other));

        using var keyed = served.Client(Role.Admin);
        keyed.DefaultRequestHeaders.Add("Idempotency-Key", "erase-1");
        var done = await PostAsync(keyed, At, new { where = Web1, confirm = word });
        Assert.Equal((true, 372L), (done.GetProperty("done").GetBoolean(), done.GetProperty("what").GetProperty("rows").GetInt64()));
        Assert.Equal(done.ToString(), (await PostAsync(keyed, At, new { where = Web1, confirm = word })).ToString());
        Assert.Equal("VRV516", await CodeAsync(await keyed.PostAsJsonAsync(At, new { where = Web1, confirm = "other" })));

        Assert.Equal(
            JsonValueKind.Null,
            (await PostAsync(client, At, new { where = Web1, dryRun = true })).GetProperty("confirm").ValueKind
        );
        Assert.True((await GetAsync(client, $"{Mine}/policies/sensor1/verify")).GetProperty("agrees").GetBoolean());
        var entry = Assert.Single(
            (await GetAsync(client, "api/v1/audit?limit=100")).GetProperty("items").EnumerateArray(),
            e => e.GetProperty("action").GetString() == "rows.erased"
        );
        Assert.Equal(
            ("metrics/sensor1", "host", 372L),
            (
                entry.GetProperty("target").GetString(),
                entry.GetProperty("detail").GetProperty("columns").GetString(),
                entry.GetProperty("detail").GetProperty("rows").GetInt64()
            )
        );
        Assert.DoesNotContain("host1", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_whose_request_failed_can_be_sent_again()
    {
        using var client = served.Client(Role.Admin);
        await served.BuildSensorAsync(client, 5);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "again-1");
        foreach (var _ in new[] { 1, 2 })
            Assert.Equal(
                "VRV530",
                await CodeAsync(await client.PostAsJsonAsync($"{Mine}/policies/sensor5/erase", new { where = new { host = "host0" } }))
            );
    }

    [Fact]
    public async Task Holds_end_by_the_hash_of_which_they_are()
    {
        using var client = served.Client(Role.Operator);
        await served.BuildSensorAsync(client, 2);
        const string At = $"{Mine}/policies/sensor2/holds";
        await PostAsync(
            client,
            At,
            new
            {
                reason = "case 1",
                from = "2026-01-01",
                to = "2026-01-02",
            }
        );
        using var keyed = served.Client(Role.Operator);
        keyed.DefaultRequestHeaders.Add("Idempotency-Key", "hold-1");
        var held = await PostAsync(keyed, At, new { reason = "case 2" });
        Assert.Equal(held.ToString(), (await PostAsync(keyed, At, new { reason = "case 2" })).ToString());
        var asked = await PostAsync(client, $"{At}/release", new { dryRun = true });
        Assert.Equal(2, asked.GetProperty("what").GetProperty("count").GetInt32());
        await PostAsync(client, At, new { reason = "case 3" });
        Assert.Equal(
            "VRV530",
            await CodeAsync(await client.PostAsJsonAsync($"{At}/release", new { confirm = asked.GetProperty("confirm").GetString() }))
        );
        var now = await PostAsync(client, $"{At}/release", new { dryRun = true });
        Assert.Equal(
            3,
            (await PostAsync(client, $"{At}/release", new { confirm = now.GetProperty("confirm").GetString() }))
                .GetProperty("what")
                .GetProperty("count")
                .GetInt32()
        );
        Assert.Equal(0, (await GetAsync(client, At)).GetProperty("holds").GetArrayLength());
        Assert.Equal("VRV518", await CodeAsync(await client.PostAsJsonAsync($"{At}/release", new { hold = "" })));
    }

    [Fact]
    public async Task Archived_rows_come_back_and_old_parts_go_for_good()
    {
        using var client = served.Client(Role.Admin);
        await served.BuildSensorAsync(client, 3, "10d", "archive: cold\n");
        var parts = (await GetAsync(client, $"{Mine}/archives?policy=sensor3")).GetProperty("parts");
        Assert.NotEqual(0, parts.GetArrayLength());
        Assert.True((await PostAsync(client, $"{Mine}/archives/verify?policy=sensor3", new { })).GetProperty("agrees").GetBoolean());
        Assert.Equal(0, (await PostAsync(client, $"{Mine}/policies/sensor3/archives/again", new { })).GetProperty("count").GetInt64());

        var would = await PostAsync(
            client,
            $"{Mine}/policies/sensor3/restore",
            new
            {
                from = "2026-01-02",
                to = "2026-01-03",
                dryRun = true,
            }
        );
        Assert.NotEqual(0, would.GetProperty("parts").GetArrayLength());
        var restored = await PostAsync(
            client,
            $"{Mine}/policies/sensor3/restore",
            new
            {
                from = "2026-01-02",
                to = "2026-01-03",
                into = "back",
            }
        );
        Assert.Equal(("back", 36L), (restored.GetProperty("table").GetString(), restored.GetProperty("rows").GetInt64()));
        Assert.Equal("VRV518", await CodeAsync(await client.PostAsJsonAsync($"{Mine}/policies/sensor3/restore", new { into = "a.b.c.d" })));

        // The location is of that database: nobody of another tenant reads it by naming it, or the policy.
        using var other = served.Client(Role.Admin, "other");
        var foreign = await other.PostAsJsonAsync(
            $"api/v1/connections/{ServedDatabase.Theirs}/policies/sensor3/restore",
            new { location = "cold" }
        );
        Assert.Equal("VRV340", await CodeAsync(foreign));

        var old = await PostAsync(
            client,
            $"{Mine}/archives/prune",
            new
            {
                olderThan = "1d",
                policies = new[] { "sensor3" },
                dryRun = true,
            }
        );
        Assert.Equal(parts.GetArrayLength(), old.GetProperty("what").GetProperty("parts").GetArrayLength());
        Assert.Equal(
            "VRV530",
            await CodeAsync(
                await client.PostAsJsonAsync($"{Mine}/archives/prune", new { olderThan = "1d", policies = new[] { "sensor3" } })
            )
        );
        var pruned = await PostAsync(
            client,
            $"{Mine}/archives/prune",
            new
            {
                olderThan = "1d",
                policies = new[] { "sensor3" },
                confirm = old.GetProperty("confirm").GetString(),
            }
        );
        Assert.True(pruned.GetProperty("done").GetBoolean());
        Assert.Equal(0, (await GetAsync(client, $"{Mine}/archives?policy=sensor3")).GetProperty("parts").GetArrayLength());
    }

    [Fact]
    public async Task Tiers_that_a_policy_no_longer_has_are_dropped_and_a_policy_says_what_its_end_takes()
    {
        using var client = served.Client(Role.Admin);
        await served.BuildSensorAsync(client, 4);
        var yaml = (await GetAsync(client, $"{Mine}/policies/sensor4"))
            .GetProperty("yaml")
            .GetString()!
            .Replace("  - { every: 1d, keep: forever }", "", StringComparison.Ordinal);
        await PostAsync(client, $"{Mine}/apply?accept=removes-more", new { yaml });
        await served.RunAsync(client, new { policies = new[] { "sensor4" } });
        const string At = $"{Mine}/policies/sensor4/retired/drop";
        var asked = await PostAsync(client, At, new { dryRun = true });
        Assert.Contains(
            "1d",
            Assert.Single(asked.GetProperty("what").GetProperty("relations").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal("VRV530", await CodeAsync(await client.PostAsJsonAsync(At, new { })));
        Assert.True(
            (await PostAsync(client, At, new { confirm = asked.GetProperty("confirm").GetString() })).GetProperty("done").GetBoolean()
        );

        var gone = await ServedDatabase.JsonAsync(await client.DeleteAsync($"{Mine}/policies/sensor4?dryRun=true"));
        Assert.Equal(
            ("sensor4", "deleted"),
            (
                gone.GetProperty("policies")[0].GetProperty("policy").GetString(),
                gone.GetProperty("policies")[0].GetProperty("outcome").GetString()
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{Mine}/policies/sensor4")).StatusCode);
    }

    [Fact]
    public async Task A_word_about_a_table_that_is_what_it_was_is_refused_and_says_so()
    {
        using var client = served.Client(Role.Admin);
        await served.BuildSensorAsync(client, 5);
        const string At = $"{Mine}/policies/sensor5";
        Assert.Equal(0, (await PostAsync(client, $"{At}/adopt", new { })).GetProperty("count").GetInt64());
        foreach (var word in new[] { "accept-types", "adopt-source", "relocate/undo", "relocate/resume" })
        {
            var refused = await client.PostAsJsonAsync($"{At}/{word}", new { });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_window_knows_the_steps_that_touched_it()
    {
        using var client = served.Client(Role.Operator);
        await served.BuildSensorAsync(client, 6);
        const string At = $"{Mine}/policies/sensor6/steps?relation=6h";
        var steps = (await GetAsync(client, $"{At}&from=2026-01-05&to=2026-01-06")).GetProperty("steps").EnumerateArray().ToList();
        Assert.Contains(
            steps,
            s =>
                s.GetProperty("kind").GetString() == "rollup"
                && s.GetProperty("rowsWritten").GetInt64() > 0
                && s.GetProperty("statement").GetString()!.Contains("INSERT", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Equal(0, (await GetAsync(client, $"{At}&from=2020-01-05&to=2020-01-06")).GetProperty("steps").GetArrayLength());
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await ServedDatabase.JsonAsync(answer);
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        await ServedDatabase.JsonAsync(await client.GetAsync(path));

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await ServedDatabase.JsonAsync(answer)).GetProperty("code").GetString();
}
