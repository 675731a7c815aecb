namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What stands in a FROM: tables as far as they are visible, views, and catalogs.</summary>
/// <param name="store">What there is.</param>
/// <param name="catalogs">The schemas sys and information_schema.</param>
internal sealed class Relations(CrateStore store, Catalogs catalogs)
{
    private const string Hidden = "_id, _seq_no, _primary_term, _version";

    /// <summary>A relation to read.</summary>
    /// <param name="Sql">In brackets, without an alias.</param>
    /// <param name="Type">The type of its columns; null of what it does not have.</param>
    internal sealed record Found(string Sql, Func<string, CrateType?> Type);

    /// <param name="schema">Its schema; null where none was written.</param>
    /// <param name="name">Its name.</param>
    /// <param name="condition">What is asked of it, where it is alone in its FROM: a look-up by the whole key sees the last write.</param>
    /// <param name="call">The request.</param>
    internal Found Read(string? schema, string name, IReadOnlyList<Node> condition, RequestContext call)
    {
        if (schema is "sys" or "information_schema" or "pg_catalog" && catalogs.Read(schema, name, call) is { } catalog)
            return catalog;
        var at = schema ?? call.Schema;
        if (store.Views.GetValueOrDefault((at, name)) is { } view)
            return View(view, call);
        var table = store.Table(schema, name, call);
        var isLookup = table.Key.Count > 0 && KeyLookup.Finds(table, condition);
        return new(
            Rows(table, isLookup || call.SeesAll ? table.Current : table.Visible, call.HasHidden),
            column => table.Find(column)?.Type
        );
    }

    /// <summary>
    /// The rows that can be read: of a partition that lost a shard those of its other shards, and no word about it; a table
    /// without partitions says it.
    /// </summary>
    internal static string Rows(CrateTable table, string from, bool hidden)
    {
        if (table.IsClosed)
            throw new CrateError(
                400,
                4007,
                $"OperationOnInaccessibleRelationException[The relation \"{table.Schema}.{table.Name}\" "
                    + "doesn't support or allow READ operations, as it is currently closed.]"
            );
        List<string> left = [];
        foreach (var partition in table.Partitions.Values)
        {
            if (partition.IsClosed)
                left.Add($"NOT {table.In([partition])}");
            foreach (var shard in partition.Shards.Where(s => s.IsLost))
            {
                if (!table.IsPartitioned)
                    throw CrateError.Unavailable(table.Schema, table.Name, shard.Id);
                left.Add(FormattableString.Invariant($"NOT ({table.In([partition])} AND {table.ShardOf} = {shard.Id})"));
            }
        }

        var columns = hidden ? $"{table.AllColumns}, {Hidden}" : table.AllColumns;
        return $"(SELECT {columns} FROM {from}{(left.Count == 0 ? "" : $" WHERE {string.Join(" AND ", left)}")})";
    }

    private Found View(CrateView view, RequestContext call)
    {
        var translator = new Translator(this, call with { Schema = view.DefaultSchema, HasHidden = false });
        return new($"({translator.List(view.Query)})", _ => null);
    }
}
