namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// UPDATE and DELETE. Which rows are meant is decided by what is visible; what is changed is the current row, whatever it has
/// become since. Only the whole key, alone or with the version of the row, names a row as it is now.
/// </summary>
internal sealed class Changing(CrateStore store, Relations relations, Backend backend)
{
    private readonly Written _written = new(backend);

    internal async Task<Reply> UpdateAsync(IReadOnlyList<Node> nodes, int at, RequestContext call)
    {
        var (schema, name) = Nodes.Relation(nodes, ref at);
        var table = store.Table(schema, name, call);
        at++;
        var where = Nodes.Find(nodes, at, "where");
        var returning = Nodes.Find(nodes, at, "returning");
        where = Math.Min(where, returning);
        var condition = where < returning ? Nodes.Slice(nodes, where + 1, returning) : [];
        var alias = PgName.Quote(table.Name);
        var translator = Of(table, call);
        var set = Nodes.Split(Nodes.Slice(nodes, at, where), ",").Select(a => Inserting.Assignment(table, a, translator)).ToList();
        var meant = await MeantAsync(table, condition, translator, call);
        var asked = Nodes.Slice(nodes, Math.Min(returning + 1, nodes.Count), nodes.Count);
        var change =
            $"UPDATE {table.Current} AS {alias} SET {string.Join(", ", set)}, _seq_no = nextval('{table.Sequence}'), "
            + $"_version = {alias}._version + 1 WHERE {meant} RETURNING *";
        return (
            await backend.AtomicAsync(() =>
                _written.RunAsync(table, change, "_seq_no", asked.Count == 0 ? null : new Translator(relations, call).Expression(asked))
            )
        ).Reply;
    }

    internal async Task<Reply> DeleteAsync(IReadOnlyList<Node> nodes, int at, RequestContext call, bool isBulk)
    {
        Nodes.Takes(nodes, ref at, "from");
        var (schema, name) = Nodes.Relation(nodes, ref at);
        var table = store.Table(schema, name, call);
        if (at < nodes.Count && nodes[at].IsName && !nodes[at].Is("where"))
            throw CrateError.Syntax(nodes[at].Text);
        if (Nodes.Find(nodes, at, "returning") < nodes.Count)
            throw CrateError.Syntax("RETURNING");
        var condition = at < nodes.Count ? Nodes.Slice(nodes, at + 1, nodes.Count) : [];
        var translator = Of(table, call);
        if (
            table.IsPartitioned
            && !table.Columns.Any(c => !table.PartitionedBy.Contains(c.Name) && KeyLookup.Mentions(condition, c.Name))
            && !KeyLookup.Mentions(condition, "_seq_no")
        )
        {
            return isBulk
                ? throw CrateError.Unsupported("Bulk operation not supported for DeletePartitions")
                : await DropAsync(table, condition.Count == 0 ? "true" : translator.Expression(condition));
        }

        var meant = await MeantAsync(table, condition, translator, call);
        return (
            await backend.AtomicAsync(() =>
                _written.RunAsync(
                    table,
                    $"DELETE FROM {table.Current} AS {PgName.Quote(table.Name)} WHERE {meant} RETURNING *",
                    $"nextval('{table.Sequence}')",
                    null
                )
            )
        ).Reply;
    }

    /// <summary>Whole partitions go at once, visible rows and others. What is not there is no error, and there is no count.</summary>
    private async Task<Reply> DropAsync(CrateTable table, string condition)
    {
        var columns = string.Join(", ", table.PartitionColumns.Select(c => $"{c.Quoted} {c.Type.Stored}"));
        List<CratePartition> gone = [];
        foreach (var partition in table.Partitions.Values)
        {
            var values = string.Join(
                ", ",
                table.PartitionColumns.Zip(
                    partition.Values,
                    (c, v) => $"{(v is null ? "NULL" : PgName.Literal(v))}::{c.Type.Stored} AS {c.Quoted}"
                )
            );
            if (
                (await backend.QueryAsync($"SELECT 1 FROM (SELECT {values}) AS {PgName.Quote(table.Name)} WHERE {condition}")).Rows.Count
                > 0
            )
                gone.Add(partition);
        }

        if (gone.Count == 0)
            return Reply.Done(-1);
        foreach (var snapshot in store.Snapshots.Where(s => s.LooksLeft > 0).SelectMany(s => s.Tables))
        {
            if (
                snapshot.Table.Schema == table.Schema
                && snapshot.Table.Name == table.Name
                && snapshot.Partitions.Any(p => gone.Any(g => g.Ident == p.Ident))
            )
                throw new CrateError(
                    400,
                    40012,
                    "SnapshotInProgressException[Cannot delete indices that are being snapshotted: "
                        + $"[[{table.Schema}..partitioned.{table.Name}.{gone[0].Ident}]]. Try again after snapshot finishes or cancel the currently running snapshot.]"
                );
        }

        foreach (var partition in gone)
        {
            if (
                partition.Settings.GetValueOrDefault("blocks.read_only") == "true"
                || partition.Settings.GetValueOrDefault("blocks.metadata") == "true"
            )
                throw new CrateError(403, 4033, "ClusterBlockException[blocked by: [RELATION_READ_ONLY/5/index read-only (api)];]");
        }

        foreach (var rows in new[] { table.Current, table.Visible })
            await backend.ExecuteAsync($"DELETE FROM {rows} WHERE {table.In(gone)}");
        foreach (var partition in gone)
            table.Remove(partition.Ident);
        return Reply.Done(-1);
    }

    private async Task<string> MeantAsync(CrateTable table, IReadOnlyList<Node> condition, Translator translator, RequestContext call)
    {
        var alias = PgName.Quote(table.Name);
        KeyLookup.HasVersion(table, condition);
        var text = condition.Count == 0 ? "true" : translator.Expression(condition);
        var meant = KeyLookup.IsOnly(table, condition)
            ? text
            : $"{alias}._id IN (SELECT _id FROM {Relations.Rows(table, call.SeesAll ? table.Current : table.Visible, hidden: true)} AS {alias} WHERE {text})";
        await RequireAsync(table, meant);
        return meant;
    }

    /// <summary>Every row that is meant can be written.</summary>
    private async Task RequireAsync(CrateTable table, string meant)
    {
        foreach (var partition in table.Partitions.Values.Where(p => p.IsSealed))
        {
            if (
                (
                    await backend.QueryAsync(
                        $"SELECT 1 FROM {table.Current} AS {PgName.Quote(table.Name)} WHERE {meant} AND {table.In([partition])} LIMIT 1"
                    )
                )
                    .Rows
                    .Count > 0
            )
                throw CrateError.Blocked();
        }
    }

    private Translator Of(CrateTable table, RequestContext call)
    {
        var translator = new Translator(relations, call) { Target = (table, PgName.Quote(table.Name)) };
        translator.Know(table);
        return translator;
    }
}
