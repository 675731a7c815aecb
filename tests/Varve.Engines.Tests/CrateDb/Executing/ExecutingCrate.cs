namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// A stand-in for CrateDB that executes statements: it answers over <c>_sql</c> what PostgreSQL makes of them, with CrateDB's
/// types, visibility, versions, partitions and catalogs. It proves the order of work, and nothing about CrateDB's SQL.
/// </summary>
internal sealed class ExecutingCrate : ICrateServer
{
    private readonly StandInCluster _cluster;
    private readonly Executor _executor;

    private ExecutingCrate(StandInCluster cluster, Executor executor)
    {
        (_cluster, _executor) = (cluster, executor);
        cluster.Executes = ExecuteAsync;
    }

    /// <summary>Starts one, without any table. Where no PostgreSQL is there to carry it the test is skipped.</summary>
    /// <param name="nodes">How many of its hosts can be asked.</param>
    internal static async Task<ExecutingCrate> StartAsync(int nodes = 1)
    {
        var backend = await Backend.StartAsync();
        return new(new StandInCluster(nodes), new(backend));
    }

    /// <summary>As Varve is told of it.</summary>
    public string Url => $"cratedb://crate@{_cluster.Hosts}/?connect_timeout=20s&timeout=1m";

    /// <summary>The protocol: what came, and the faults of a network.</summary>
    internal StandInCluster Http => _cluster;

    /// <summary>What there is.</summary>
    internal CrateStore Store => _executor.Store;

    /// <summary>Where shards may be, and how they move.</summary>
    internal Placement Placement => _executor.Placement;

    /// <summary>How snapshots end.</summary>
    internal Snapshots Snapshots => _executor.Snapshots;

    /// <summary>Every request that came.</summary>
    internal int Requests => _cluster.Requests;

    /// <summary>The server's clock.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Everything that is written is seen at once, as if a refresh came after each statement.</summary>
    internal bool RefreshesAlways
    {
        get => _executor.RefreshesAlways;
        set => _executor.RefreshesAlways = value;
    }

    /// <summary>
    /// Comes before a statement; an answer that it gives is the statement's, which is not done. Its token is that of KILL.
    /// </summary>
    internal Func<SqlCall, CancellationToken, Task<Reply?>> Before { get; set; } = (_, _) => Task.FromResult<Reply?>(null);

    /// <summary>Comes after a statement, and may answer something else.</summary>
    internal Func<SqlCall, Reply, Task<Reply>> After { get; set; } = (_, reply) => Task.FromResult(reply);

    /// <summary>Does a statement as a user's client would, without a network between.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="seesAll">True: as if every table had been refreshed before, for this statement alone.</param>
    /// <exception cref="CrateError">It fails.</exception>
    internal Task<Reply> DoAsync(string statement, bool seesAll = false)
    {
        SqlCall call = new(0, "", statement, [], null, new Dictionary<string, string>());
        return _executor.RunAsync(statement, null, Context(call) with { SeesAll = seesAll }, CancellationToken.None);
    }

    /// <summary>A primary shard of a partition, or of a table without any, has no live copy any more; or has one again.</summary>
    internal void Lose(string schema, string table, string ident = "", int shard = 0, bool isLost = true) =>
        Store.Tables[(schema, table)].Partitions[ident].Shards[shard].IsLost = isLost;

    /// <summary>A node dies: its host answers no more, and what only it had is not there.</summary>
    internal async Task KillAsync(string node)
    {
        await _cluster.KillAsync(Store.Nodes.FindIndex(n => n.Name == node));
        await _executor.AloneAsync(() => Placement.Leave(node));
    }

    /// <summary>The node is there again, with everything that it had.</summary>
    internal async Task StartAsync(string node)
    {
        await _executor.AloneAsync(() => Placement.Return(node));
        _cluster.Revive(Store.Nodes.FindIndex(n => n.Name == node));
    }

    public async Task<string> AnswerAsync(string statement) => (await DoAsync(statement, seesAll: true)).Body;

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _executor.DisposeAsync();
    }

    private async Task<Reply> ExecuteAsync(SqlCall call)
    {
        using var kill = new CancellationTokenSource();
        var context = Context(call);
        CrateJob job = new(Guid.CreateVersion7().ToString(), call.Statement, context.Now, kill);
        Store.Jobs[job.Id] = job;
        try
        {
            var reply = await Before(call, kill.Token) ?? await _executor.RunAsync(call.Statement, call.Bulk, context, kill.Token);
            return await After(call, reply);
        }
        catch (CrateError error)
        {
            return await After(call, error.Reply);
        }
        catch (OperationCanceledException) when (kill.IsCancellationRequested)
        {
            return CrateError.Killed().Reply;
        }
        finally
        {
            Store.Jobs.TryRemove(job.Id, out _);
        }
    }

    private RequestContext Context(SqlCall call) =>
        new(
            call.Headers.GetValueOrDefault("Default-Schema") is { Length: > 0 } schema ? schema : "doc",
            "crate",
            Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            call.Args
        )
        {
            FailsFast = _cluster.Setting(call.Connection, "insert_select_fail_fast") == "true",
            IsStrict = _cluster.Setting(call.Connection, "error_on_unknown_object_key") != "false",
        };
}
