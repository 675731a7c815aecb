using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Engines;
using Varve.Engines.Tests.CrateDb;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Home.Mirrored;
using Varve.Server.Leading;

namespace Varve.Server.Tests.Home;

/// <summary>A home whose rows are in memory and whose changes are in a log that several servers share.</summary>
public sealed class LoggedHomeTests : IAsyncLifetime
{
    private readonly List<HomeDatabase> _homes = [];
    private ExecutingCrate _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ExecutingCrate.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var home in _homes)
            await home.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public void Every_table_of_a_home_has_a_key() =>
        Assert.Equal(
            typeof(HomeTables)
                .GetProperties(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)
                .Where(p => p.PropertyType == typeof(TableName))
                .Select(p => ((TableName)p.GetValue(null)!).Name)
                .Order(),
            HomeTables.Keys.Keys.Select(t => t.Name).Order()
        );

    [Fact]
    public async Task Who_begins_later_has_what_was_written_before_and_after_a_base()
    {
        var home = await OpenAsync();
        for (var i = 0; i < 205; i++)
            await SayAsync(home, i);
        await home.Mirrored!.RebaseAsync(default);
        await ClusterHome.SameAsync(home, await OpenAsync());
        await SayAsync(home, 205);
        await home.ExecuteAsync($"DELETE FROM {HomeTables.Audit} WHERE seq < 20", default);
        await ClusterHome.SameAsync(home, await OpenAsync());
        await home.Mirrored.RebaseAsync(default);
        Assert.Equal("1", await ValueAsync($"SELECT count(*) FROM varve_home.log_entries"));
        var last = await OpenAsync();
        await ClusterHome.SameAsync(home, last);
        Assert.Equal(206 - 19, (await last.QueryAsync($"SELECT count(*) FROM {HomeTables.Audit}", default))[0].Long(0));
    }

    [Fact]
    public async Task A_base_is_written_while_others_write()
    {
        var (home, other) = (await OpenAsync(), await OpenAsync());
        for (var i = 0; i < 203; i++)
            await SayAsync(home, i);
        var bases = 0;
        var said = 0;
        _cluster.Before = async (call, _) =>
        {
            // Between two parts somebody changes, adds and removes rows.
            if (call.Statement.Contains("INSERT INTO \"varve_home\".\"log_parts\"", StringComparison.Ordinal) && ++bases > 1)
            {
                await SayAsync(other, 1_000 + said++);
                await other.ExecuteAsync($"UPDATE {HomeTables.Audit} SET detail = {"changed"} WHERE seq IN (3, 203)", default);
                await other.ExecuteAsync($"DELETE FROM {HomeTables.Audit} WHERE seq IN ({198L + said}, {(long)said})", default);
            }

            return null;
        };
        await home.Mirrored!.RebaseAsync(default);
        Assert.Equal(4, said);
        var fresh = await OpenAsync();
        await ClusterHome.SameAsync(home, other);
        await ClusterHome.SameAsync(other, fresh);
    }

    [Fact]
    public async Task Who_slept_through_a_base_goes_on_from_it()
    {
        var (home, sleeper) = (await OpenAsync(), await OpenAsync());
        await SayAsync(sleeper, 1);
        for (var i = 2; i < 6; i++)
            await SayAsync(home, i);
        await home.Mirrored!.RebaseAsync(default);
        Assert.Equal(5, (await sleeper.QueryAsync($"SELECT count(*) FROM {HomeTables.Audit}", default))[0].Long(0));
        await SayAsync(home, 6);
        await home.Mirrored.RebaseAsync(default);
        await SayAsync(sleeper, 7);
        await ClusterHome.SameAsync(home, sleeper);
        Assert.Equal(7, (await home.QueryAsync($"SELECT count(*) FROM {HomeTables.Audit}", default))[0].Long(0));
    }

    /// <summary>The number that it was about to write was given to another, and is free again: what was there is in a base.</summary>
    [Fact]
    public async Task A_word_that_comes_too_late_is_said_again()
    {
        var (home, late) = (await OpenAsync(), await OpenAsync());
        await SayAsync(late, 1);
        Meanwhile(
            "INSERT INTO \"varve_home\".\"log_entries\"",
            async () =>
            {
                for (var i = 2; i < 5; i++)
                    await SayAsync(home, i);
                await home.Mirrored!.RebaseAsync(default);
            }
        );
        await SayAsync(late, 9);
        Assert.Equal(["1", "2", "3", "4", "9"], await SaidAsync(late));
        await ClusterHome.SameAsync(home, late);
        await ClusterHome.SameAsync(home, await OpenAsync());
    }

    /// <summary>A node that died had what it did not pass on: others find another entry under that number.</summary>
    [Fact]
    public async Task What_stands_on_an_entry_that_is_not_there_any_more_says_nothing()
    {
        var (home, other) = (await OpenAsync(), await OpenAsync());
        await SayAsync(home, 1);
        await SayAsync(home, 2);
        Assert.Equal(["1", "2"], await SaidAsync(other));
        Meanwhile(
            "INSERT INTO \"varve_home\".\"log_entries\"",
            async () =>
            {
                var last = await ValueAsync("SELECT max(number) FROM varve_home.log_entries");
                var body = await ValueAsync(
                    $"SELECT replace(body, '\"said\",\"2\"', '\"said\",\"two\"') FROM varve_home.log_entries WHERE number = {last}"
                );
                var follows = await ValueAsync($"SELECT follows FROM varve_home.log_entries WHERE number = {last}");
                await _cluster.DoAsync($"DELETE FROM varve_home.log_entries WHERE number = {last}", seesAll: true);
                await _cluster.DoAsync(
                    $"INSERT INTO varve_home.log_entries (number, id, follows, body) VALUES ({last}, 'another', '{follows}', '{body.Replace("'", "''", StringComparison.Ordinal)}')"
                );
            }
        );

        // What is decided depends on that entry.
        await home.WriteAsync(
            async (statements, token) =>
            {
                var seen = (await statements.QueryAsync($"SELECT target FROM {HomeTables.Audit} WHERE seq = 2", token))[0].Text(0);
                return await statements.ExecuteAsync($"INSERT INTO {HomeTables.FormKeys} (id, xml) VALUES ({seen}, {""})", token);
            },
            default
        );
        Assert.Equal(["1", "two"], await SaidAsync(home));
        Assert.Equal("two", Assert.Single(await other.QueryAsync($"SELECT id FROM {HomeTables.FormKeys}", default)).Text(0));
        await ClusterHome.SameAsync(home, other);
        await ClusterHome.SameAsync(home, await OpenAsync());
    }

    [Fact]
    public async Task What_was_written_although_its_answer_was_lost_is_written_once()
    {
        var (home, other) = (await OpenAsync(), await OpenAsync());
        foreach (var (fault, i) in new[] { Fault.LostAfter, Fault.LostBefore, Fault.Cut }.Select((f, i) => (f, i)))
        {
            var left = 1;
            _cluster.Http.Fails = call =>
                call.Statement.Contains("INSERT INTO \"varve_home\".\"log_entries\"", StringComparison.Ordinal) && left-- > 0
                    ? fault
                    : Fault.None;
            await SayAsync(home, i);
            await SayAsync(other, 10 + i);
        }

        Assert.Equal(["0", "10", "1", "11", "2", "12"], await SaidAsync(other));
        await ClusterHome.SameAsync(home, other);
    }

    [Fact]
    public async Task What_fails_leaves_nothing_and_what_only_reads_writes_nothing()
    {
        var home = await OpenAsync();
        await SayAsync(home, 1);
        var entries = await ValueAsync("SELECT count(*) FROM varve_home.log_entries");
        await Assert.ThrowsAsync<PolicyException>(() =>
            home.WriteAsync<int>(
                async (statements, token) =>
                {
                    await statements.ExecuteAsync($"DELETE FROM {HomeTables.Audit}", token);
                    throw new PolicyException("VRV000", "No.");
                },
                default
            )
        );
        await home.AloneAsync((s, token) => s.ExecuteAsync($"DELETE FROM {HomeTables.Audit} WHERE seq = 99", token), default);
        await home.AloneAsync((s, token) => s.QueryAsync($"SELECT 1", token), default);
        Assert.Equal(["1"], await SaidAsync(home));
        Assert.Equal(entries, await ValueAsync("SELECT count(*) FROM varve_home.log_entries"));
    }

    [Fact]
    public async Task A_leader_shortens_the_log_when_it_is_long()
    {
        Assert.Equal(
            [false, true, false, true, false],
            [
                new Grown(4_999, 0, 0).IsMuch,
                new Grown(5_000, 0, 0).IsMuch,
                new Grown(1, (4 << 20) - 1, 0).IsMuch,
                new Grown(1, 4 << 20, 0).IsMuch,
                new Grown(1, 4 << 20, 5 << 20).IsMuch,
            ]
        );
        var home = await OpenAsync();
        var lead = new Leadership(home, TimeSpan.FromMinutes(1));
        await lead.BeatAsync(default);
        using var keeper = new LogKeeper(home, lead, NullLogger<LogKeeper>.Instance);
        await keeper.StartAsync(default);
        await keeper.StopAsync(default);
        Assert.Equal("0", await ValueAsync("SELECT count(*) FROM varve_home.log_bases"));
        var text = new string('x', 1 << 20);
        for (var i = 0; i < 4; i++)
            await home.ExecuteAsync($"INSERT INTO {HomeTables.FormKeys} (id, xml) VALUES ({$"{i}"}, {text})", default);
        using var again = new LogKeeper(home, lead, NullLogger<LogKeeper>.Instance);
        await again.StartAsync(default);
        await ServedDatabase.UntilAsync(() => ValueAsync("SELECT count(*) FROM varve_home.log_bases"), bases => bases == "1");
        await again.StopAsync(default);
        await ClusterHome.SameAsync(home, await OpenAsync());
    }

    [Fact]
    public async Task A_home_of_a_newer_varve_is_left_alone()
    {
        var home = await OpenAsync();
        var number = long.Parse(await ValueAsync("SELECT max(number) FROM varve_home.log_entries"), CultureInfo.InvariantCulture);
        var id = await ValueAsync($"SELECT id FROM varve_home.log_entries WHERE number = {number}");
        await _cluster.DoAsync(
            $$"""INSERT INTO varve_home.log_entries (number, id, follows, body) VALUES ({{number + 1}}, 'x', '{{id}}', '{"version":{{HomeSchema.Version + 1}},"changes":[]}')"""
        );
        Assert.Equal("VRV501", (await Assert.ThrowsAsync<EngineException>(() => SayAsync(home, 1))).Code);
        Assert.Equal("VRV501", (await Assert.ThrowsAsync<EngineException>(OpenAsync)).Code);
        Assert.Equal($"{number + 1}", await ValueAsync("SELECT max(number) FROM varve_home.log_entries"));
    }

    private async Task<HomeDatabase> OpenAsync()
    {
        var home = await HomeDatabase.OpenAsync(DatabaseUrl.Parse(_cluster.Url), TimeProvider.System, default);
        _homes.Add(home);
        return home;
    }

    // Once, before a statement that is about to be done.
    private void Meanwhile(string statement, Func<Task> work)
    {
        var left = 1;
        _cluster.Before = async (call, _) =>
        {
            if (call.Statement.Contains(statement, StringComparison.Ordinal) && Interlocked.Decrement(ref left) == 0)
                await work();
            return null;
        };
    }

    private static Task SayAsync(HomeDatabase home, int what) =>
        new ServerAudit(home).AppendAsync(Caller.Scheduler, "said", $"{what}", [], default);

    private static async Task<IReadOnlyList<string>> SaidAsync(HomeDatabase home) =>
        [.. (await home.QueryAsync($"SELECT target FROM {HomeTables.Audit} ORDER BY seq", default)).Select(r => r.Text(0))];

    private async Task<string> ValueAsync(string query)
    {
        using var answer = System.Text.Json.JsonDocument.Parse(await _cluster.AnswerAsync(query));
        return answer.RootElement.GetProperty("rows")[0][0].ToString();
    }
}
