using System.Text.Json;
using NodaTime;
using Varve.CrateDb.Http;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>
/// A cluster of which nodes are killed and started while Varve works with it. What it is asked here goes to whichever host answers.
/// </summary>
internal sealed class NodeCluster : ICrateServer
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly ICrateServer _cluster;
    private readonly WatchedCluster _watched;
    private readonly CrateDbOptions _options;
    private readonly HashSet<string> _away = [];

    /// <param name="cluster">The cluster.</param>
    /// <param name="nodes">What kills and starts its nodes.</param>
    internal NodeCluster(ICrateServer cluster, IReadOnlyList<NodeCommand> nodes)
    {
        (_cluster, Nodes) = (cluster, nodes);
        _options = CrateDbUrl.Read(DatabaseUrl.Parse(cluster.Url), null, TimeProvider.System);
        Assert.True(_options.Hosts.Count > 1, "VARVE_TEST_CRATEDB names one host: with nodes that are killed it names each of them.");
        _watched = new(_options);
    }

    public string Url => _watched.Url;

    internal IReadOnlyList<NodeCommand> Nodes { get; }

    /// <summary>Every statement of Varve, before the cluster has it.</summary>
    internal Func<string, Task> Before
    {
        set => _watched.Before = value;
    }

    public Task<string> AnswerAsync(string statement) => _cluster.AnswerAsync(statement);

    /// <summary>The command for a node that the cluster shows.</summary>
    internal NodeCommand Node(string name) =>
        Nodes.FirstOrDefault(n => n.Name == name)
        ?? throw new InvalidOperationException($"{NodeCommand.Variable} has no command for {name}, which sys.nodes shows.");

    /// <summary>Kills a node; it is over once the others say that it is gone.</summary>
    internal async Task KillAsync(NodeCommand node)
    {
        lock (_away)
            _away.Add(node.Name);
        await node.KillAsync();
        await UntilAsync($"{node.Name} to be gone", async () => !(await NamesAsync()).Contains(node.Name));
    }

    /// <summary>Starts whatever was killed; it is over once every copy of every shard is there again.</summary>
    internal async Task HealAsync()
    {
        foreach (var node in Nodes.Where(n => _away.Contains(n.Name)))
            await node.StartAsync();
        await UntilAsync("every node to be there", async () => (await NamesAsync()).IsSupersetOf(Nodes.Select(n => n.Name)));
        await UntilAsync(
            "every shard to be there",
            async () => (await AskAsync("SELECT count(*) FROM sys.health WHERE severity > 1"))[0][0].GetInt64() == 0
        );
        _away.Clear();
    }

    /// <summary>The rows of an answer, of whichever host gives one.</summary>
    internal async Task<IReadOnlyList<JsonElement>> AskAsync(string statement)
    {
        List<string> reasons = [];
        foreach (var host in _options.Hosts)
        {
            using var connection = new OneConnection(host, _options);
            try
            {
                using var response = await connection.SendAsync(SqlBody.Of(statement, []), CancellationToken.None);
                var body = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                    return [.. JsonDocument.Parse(body).RootElement.GetProperty("rows").EnumerateArray()];
                reasons.Add($"{host.Text}: {body}");
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
            {
                reasons.Add($"{host.Text}: {error.Message}");
            }
        }

        throw new InvalidOperationException($"No host of the cluster answers: {string.Join("; ", reasons)}");
    }

    /// <summary>Also where a test failed every node is there for the next one.</summary>
    public async ValueTask DisposeAsync()
    {
        await _watched.DisposeAsync();
        try
        {
            if (_away.Count > 0)
                await HealAsync();
        }
        finally
        {
            await _cluster.DisposeAsync();
        }
    }

    private async Task<HashSet<string>> NamesAsync() => [.. (await AskAsync("SELECT name FROM sys.nodes")).Select(r => r[0].GetString()!)];

    private static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            Exception? why = null;
            try
            {
                if (await isSo())
                    return;
            }
            catch (InvalidOperationException nobody)
            {
                why = nobody;
            }

            if (System.Diagnostics.Stopwatch.GetElapsedTime(since) > s_limit)
                throw new InvalidOperationException($"Waited {s_limit} in vain for {what}.", why);
            await Task.Delay(s_pause);
        }
    }
}
