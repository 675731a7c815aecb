using System.Globalization;
using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Executes statements, one at a time.</summary>
internal sealed class Executor : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Backend _backend;
    private readonly Relations _relations;
    private readonly Definitions _definitions;
    private readonly Altering _altering;
    private readonly Inserting _inserting;
    private readonly Changing _changing;

    internal Executor(Backend backend)
    {
        _backend = backend;
        Catalogs catalogs = new(Store);
        Placement = catalogs.Cluster.Placement;
        _relations = new(Store, catalogs);
        _definitions = new(Store, _relations, backend, Placement);
        _altering = new(Store, _definitions, _relations, backend, Placement);
        _inserting = new(Store, _relations, backend, Placement);
        _changing = new(Store, _relations, backend);
        Snapshots = new(Store, _definitions, _relations, backend, Placement);
    }

    internal CrateStore Store { get; } = new();

    internal Placement Placement { get; }

    internal Snapshots Snapshots { get; }

    /// <summary>Everything that is written is seen at once, as if a refresh came after each statement.</summary>
    internal bool RefreshesAlways { get; set; }

    /// <exception cref="CrateError">It fails.</exception>
    internal async Task<Reply> RunAsync(
        string statement,
        IReadOnlyList<IReadOnlyList<JsonElement>>? bulk,
        RequestContext call,
        CancellationToken killed
    )
    {
        if (statement.Trim().Length == 0)
            throw new CrateError(500, 5000, "IllegalArgumentException[Field [stmt] has no value]");
        var nodes = Tokenizer.Read(statement);
        if (nodes.Count == 0)
            return Reply.Done(0);
        if (nodes[0].Is("kill"))
            return Kill(nodes, call);
        call = call with
        {
            HasHidden =
                KeyLookup.Mentions(nodes, "_seq_no") || KeyLookup.Mentions(nodes, "_primary_term") || KeyLookup.Mentions(nodes, "_version"),
        };
        await _one.WaitAsync(killed);
        try
        {
            if (killed.IsCancellationRequested)
                throw CrateError.Killed();
            var reply = await RunAsync(nodes, bulk, call, killed);
            if (RefreshesAlways)
                foreach (var table in Store.Tables.Values)
                    await RefreshAsync(table, "true");
            return reply;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Something happens to the cluster while no statement is worked on.</summary>
    internal async Task AloneAsync(Action work)
    {
        await _one.WaitAsync();
        try
        {
            work();
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        _one.Dispose();
    }

    /// <summary>Makes what was written visible.</summary>
    internal async Task RefreshAsync(CrateTable table, string condition)
    {
        if (!table.IsChanged)
            return;
        await _backend.ExecuteAsync(
            $"""
            CREATE TEMP TABLE changed AS SELECT DISTINCT d.id FROM {table.Changed} d
              WHERE EXISTS (SELECT FROM {table.Current} c WHERE c._id = d.id AND {condition}) OR EXISTS (SELECT FROM {table.Visible} v WHERE v._id = d.id AND {condition});
            DELETE FROM {table.Visible} WHERE _id IN (SELECT id FROM changed);
            INSERT INTO {table.Visible} SELECT * FROM {table.Current} WHERE _id IN (SELECT id FROM changed);
            DELETE FROM {table.Changed} WHERE id IN (SELECT id FROM changed);
            DROP TABLE changed
            """
        );
        if (condition == "true")
            table.IsChanged = false;
    }

    private async Task<Reply> RunAsync(
        IReadOnlyList<Node> nodes,
        IReadOnlyList<IReadOnlyList<JsonElement>>? bulk,
        RequestContext call,
        CancellationToken killed
    )
    {
        var first = nodes[0];
        if (first.Is("insert"))
            return await _inserting.RunAsync(nodes, 1, call, bulk);
        if (first.Is("update", "delete"))
            return bulk is null ? await ChangeAsync(nodes, call, false) : await BulkAsync(nodes, bulk, call);
        if (bulk is not null)
            throw CrateError.Unsupported("Bulk operation not supported for this statement");
        if (first.Is("select", "with", "values") || first.Kind is NodeKind.Round)
            return await SelectAsync(nodes, call, killed);
        return await CommandAsync(nodes, call);
    }

    private async Task<Reply> CommandAsync(IReadOnlyList<Node> nodes, RequestContext call)
    {
        var at = 0;
        if (Takes("refresh", "table"))
            return await RefreshAsync(nodes, at, call);
        if (Takes("create", "table"))
            return await _definitions.CreateTableAsync(nodes, at, call);
        if (Takes("create", "view"))
            return await _definitions.CreateViewAsync(nodes, at, false, call);
        if (Nodes.Takes(nodes, ref at, "create", "or", "replace", "view"))
            return await _definitions.CreateViewAsync(nodes, at, true, call);
        if (Takes("create", "schema"))
            return _definitions.CreateSchema(nodes, at);
        if (Takes("create", "repository"))
            return Snapshots.CreateRepository(nodes, at, call);
        if (Takes("create", "snapshot"))
            return await Snapshots.CreateAsync(nodes, at, call);
        if (Takes("drop", "table"))
            return await _definitions.DropTableAsync(nodes, at, call);
        if (Takes("drop", "view"))
            return _definitions.DropView(nodes, at, call);
        if (Takes("drop", "schema"))
            return await _definitions.DropSchemaAsync(nodes, at);
        if (Takes("drop", "repository"))
            return Snapshots.DropRepository(nodes, at);
        if (Takes("drop", "snapshot"))
            return await Snapshots.DropAsync(nodes, at);
        if (Takes("restore", "snapshot"))
            return await Snapshots.RestoreAsync(nodes, at, call);
        if (Nodes.Takes(nodes, ref at, "alter"))
            return await _altering.RunAsync(nodes, at, call);
        if (Takes("optimize", "table"))
        {
            await RefreshAsync(nodes, at, call);
            return Reply.Done();
        }

        // They do nothing there either.
        if (nodes[0].Is("begin", "start", "commit", "end", "analyze", "discard", "set", "reset", "deallocate"))
            return Reply.Done(0);
        if (nodes[0].Is("explain"))
            throw CrateError.Unsupported("EXPLAIN is not supported");
        throw CrateError.Syntax(nodes[0].Text);

        bool Takes(string one, string two) => Nodes.Takes(nodes, ref at, one, two);
    }

    private async Task<Reply> ChangeAsync(IReadOnlyList<Node> nodes, RequestContext call, bool isBulk) =>
        nodes[0].Is("update") ? await _changing.UpdateAsync(nodes, 1, call) : await _changing.DeleteAsync(nodes, 1, call, isBulk);

    private async Task<Reply> BulkAsync(IReadOnlyList<Node> nodes, IReadOnlyList<IReadOnlyList<JsonElement>> bulk, RequestContext call)
    {
        List<long> counts = [];
        foreach (var values in bulk)
        {
            using var answer = JsonDocument.Parse((await ChangeAsync(nodes, call with { Values = values }, true)).Body);
            counts.Add(answer.RootElement.GetProperty("rowcount").GetInt64());
        }

        return new(
            200,
            JsonSerializer.Serialize(
                new
                {
                    cols = Array.Empty<string>(),
                    col_types = Array.Empty<int>(),
                    results = counts.Select(c => new { rowcount = c }),
                    duration = 0.5,
                }
            )
        );
    }

    private async Task<Reply> SelectAsync(IReadOnlyList<Node> nodes, RequestContext call, CancellationToken killed)
    {
        await CountAsync(nodes, call);
        return PgAnswer.Of(await _backend.QueryAsync(new Translator(_relations, call).List(nodes), killed));
    }

    /// <summary>What the catalogs show of rows and views, only where it is asked for.</summary>
    private async Task CountAsync(IReadOnlyList<Node> nodes, RequestContext call)
    {
        if (
            KeyLookup.Mentions(nodes, "shards")
            && (KeyLookup.Mentions(nodes, "num_docs") || KeyLookup.Mentions(nodes, "size") || nodes.Any(n => n.IsSymbol("*")))
        )
        {
            foreach (var table in Store.Tables.Values)
            {
                var rows = await _backend.QueryAsync(
                    $"SELECT {table.ValuesOf}, {table.ShardOf}, count(*) FROM {table.Visible} GROUP BY 1, 2"
                );
                foreach (var row in rows.Rows)
                    call.Counted.Rows[(table, CratePartition.Encode(PgArray.Read(row[0]!)), (int)Number(row[1]))] = Number(row[2]);
            }
        }

        if (!KeyLookup.Mentions(nodes, "columns"))
            return;
        foreach (var view in Store.Views.Values)
        {
            // A view of which a table is gone shows no columns.
            try
            {
                var sql = new Translator(_relations, call with { Schema = view.DefaultSchema, HasHidden = false }).List(view.Query);
                var shape = await _backend.QueryAsync($"SELECT * FROM ({sql}) AS q LIMIT 0");
                call.Counted.Columns[view] = [.. shape.Columns.Select(c => (c.Name, PgAnswer.Display(c.Type).Split('(')[0]))];
            }
            catch (CrateError)
            {
                call.Counted.Columns[view] = [];
            }
        }
    }

    private async Task<Reply> RefreshAsync(IReadOnlyList<Node> nodes, int at, RequestContext call)
    {
        foreach (var part in Nodes.Split(Nodes.Slice(nodes, at, Nodes.Find(nodes, at, "with")), ","))
        {
            var place = 0;
            var (schema, name) = Nodes.Relation(part, ref place);
            var table = Store.Table(schema, name, call);
            var condition = Nodes.Takes(part, ref place, "partition")
                ? table.In([await PartitionText.FindAsync(table, part[place].Inner, new(_relations, call), _backend)])
                : "true";
            await RefreshAsync(table, condition);
        }

        return Reply.Done();
    }

    private Reply Kill(IReadOnlyList<Node> nodes, RequestContext call)
    {
        var id = nodes[1].Kind is NodeKind.Value ? call.Value(nodes[1]).GetString() : nodes[1].Text;
        foreach (var job in Store.Jobs.Values.Where(j => j.Id == id || nodes[1].Is("all")))
            job.Kill.Cancel();
        return Reply.Done(0);
    }

    private static long Number(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
}
