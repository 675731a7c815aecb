using System.Globalization;
using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// INSERT. Rows are staged with their types; what fails of them is left out or fails the statement, as in CrateDB; the rest
/// is written to the current rows, and seen after a refresh.
/// </summary>
internal sealed class Inserting(CrateStore store, Relations relations, Backend backend, Placement placement)
{
    private readonly Written _written = new(backend);

    internal async Task<Reply> RunAsync(
        IReadOnlyList<Node> nodes,
        int at,
        RequestContext call,
        IReadOnlyList<IReadOnlyList<JsonElement>>? bulk
    )
    {
        Nodes.Takes(nodes, ref at, "into");
        var (schema, name) = Nodes.Relation(nodes, ref at);
        if (store.Views.ContainsKey((schema ?? call.Schema, name)))
            throw new CrateError(
                400,
                4007,
                $"OperationOnInaccessibleRelationException[The relation \"{schema}.{name}\" doesn't support or allow INSERT operations]"
            );
        var table = store.Table(schema, name, call);
        var statement = InsertText.Read(table, nodes, at);
        foreach (var column in statement.Columns)
            table.Column(column);
        return await backend.AtomicAsync(() => RunAsync(table, statement, call, bulk)) is var (reply, error) && error is null
            ? reply
            : throw error!;
    }

    /// <summary>The answer; and the error where rows before the one that failed stay.</summary>
    private async Task<(Reply Reply, CrateError? Error)> RunAsync(
        CrateTable table,
        InsertText statement,
        RequestContext call,
        IReadOnlyList<IReadOnlyList<JsonElement>>? bulk
    )
    {
        if (bulk is not null && statement.IsQuery)
            throw CrateError.Unsupported("Bulk operation of INSERT with a query is not supported");
        var contexts = bulk?.Select(values => call with { Values = values }).ToList() ?? [call];
        await StageAsync(table, statement, contexts);
        var bad = await BadAsync(table, statement);
        var total = long.Parse(
            (await backend.QueryAsync($"SELECT count(*) FROM {table.Staged}")).Rows[0][0]!,
            CultureInfo.InvariantCulture
        );
        if (bulk is null && !statement.IsQuery && bad.Count > 0 && (total == 1 || bad.Values.Any(b => b.Code != 4091)))
            throw bad.First().Value;
        var failed = call.FailsFast && statement.IsQuery && bad.Count > 0 ? bad.First() : default(KeyValuePair<long, CrateError>?);
        var left =
            failed is { } first ? FormattableString.Invariant($"_n < {first.Key}")
            : bad.Count == 0 ? "true"
            : $"_n NOT IN ({string.Join(", ", bad.Keys.Select(n => n.ToString(CultureInfo.InvariantCulture)))})";
        var answer = await WriteAsync(table, statement, left, call);
        await backend.ExecuteAsync($"TRUNCATE {table.Staged} RESTART IDENTITY");
        return (bulk is null ? answer : Bulk(bulk.Count, bad), failed?.Value);
    }

    private async Task StageAsync(CrateTable table, InsertText statement, IReadOnlyList<RequestContext> contexts)
    {
        var listed = statement.Columns.Select(table.Column).ToList();
        string source;
        if (statement.IsQuery)
            source = new Translator(relations, contexts[0]).List(statement.Source);
        else
        {
            var rows = contexts.SelectMany(c =>
                Nodes
                    .Split(statement.Source, ",")
                    .Select(row =>
                    {
                        if (Nodes.Split(row[0].Inner, ",").Count != listed.Count)
                            throw CrateError.Parse(
                                "Invalid number of values: expected " + listed.Count.ToString(CultureInfo.InvariantCulture)
                            );
                        return $"({new Translator(relations, c).Expression(row[0].Inner)})";
                    })
            );
            source = $"VALUES {string.Join(", ", rows)}";
        }

        // What is generated is computed anew, whatever a writer gives for it.
        var own = listed.Where(c => c.Generated is null).ToList();
        if (own.Count < listed.Count)
            source =
                $"SELECT {string.Join(", ", own.Select(c => c.Quoted))} FROM ({source}) AS q({string.Join(", ", listed.Select(c => c.Quoted))})";
        await backend.ExecuteAsync($"INSERT INTO {table.Staged} ({string.Join(", ", own.Select(c => c.Quoted))}) {source}");
        await InferAsync(table, own);
    }

    /// <summary>Keys that an object has for the first time become columns below it, by the type of their first value.</summary>
    private async Task InferAsync(CrateTable table, IEnumerable<CrateColumn> columns)
    {
        foreach (var column in columns.Where(c => c.Type is { IsObject: true, Keys: not null }))
        {
            var keys = await backend.QueryAsync(
                $"""
                SELECT DISTINCT ON (1) k, CASE jsonb_typeof(v) WHEN 'number' THEN CASE WHEN v::text ~ '[.eE]' THEN 'd' ELSE 'l' END
                  WHEN 'boolean' THEN 'b' WHEN 'string' THEN 't' ELSE 'o' END
                FROM {table.Staged}, jsonb_each({column.Quoted}) AS e(k, v) WHERE jsonb_typeof({column.Quoted}) = 'object' AND v <> 'null' ORDER BY 1
                """
            );
            var known = column.Type.Keys!.ToDictionary();
            foreach (var row in keys.Rows.Where(r => !known.ContainsKey(r[0]!)))
            {
                known[row[0]!] = row[1] switch
                {
                    "d" => CrateType.Double,
                    "l" => CrateType.Long,
                    "b" => CrateType.Bool,
                    "t" => CrateType.Text,
                    _ => new("object", "jsonb", new Dictionary<string, CrateType>()),
                };
            }

            table.Columns[table.Columns.IndexOf(column)] = column with { Type = column.Type with { Keys = known } };
        }
    }

    /// <summary>The staged rows that cannot be written, by their numbers, each with its error.</summary>
    private async Task<SortedDictionary<long, CrateError>> BadAsync(CrateTable table, InsertText statement)
    {
        SortedDictionary<long, CrateError> bad = [];
        foreach (
            var row in (
                await backend.QueryAsync($"SELECT _n, r FROM (SELECT _n, {Checks(table)} AS r FROM {table.Staged}) x WHERE r IS NOT NULL")
            ).Rows
        )
            bad.Add(long.Parse(row[0]!, CultureInfo.InvariantCulture), CrateError.Parse(row[1]!));
        foreach (var partition in table.Partitions.Values)
        {
            if (partition.IsSealed)
                await MarkAsync($"SELECT _n FROM {table.Staged} WHERE {table.In([partition])}", CrateError.Blocked());
            foreach (var shard in partition.Shards.Where(s => s.IsLost))
                await MarkAsync(
                    FormattableString.Invariant(
                        $"SELECT _n FROM (SELECT *, 0::int8 AS _id FROM {table.Staged}) s WHERE {table.In([partition])} AND {table.ShardOf} = {shard.Id}"
                    ),
                    CrateError.Unavailable(table.Schema, table.Name, shard.Id)
                );
        }

        if (table.Key.Count > 0 && statement.Conflict is null)
        {
            var key = string.Join(", ", table.Key.Select(PgName.Quote));
            var same = string.Join(" AND ", table.Key.Select(k => $"c.{PgName.Quote(k)} = s.{PgName.Quote(k)}"));
            await MarkAsync(
                $"""
                SELECT _n FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY _n) AS _nth FROM {table.Staged}) s
                WHERE _nth > 1 OR EXISTS (SELECT FROM {table.Current} c WHERE {same})
                """,
                CrateError.Duplicate()
            );
        }

        return bad;

        async Task MarkAsync(string query, CrateError error)
        {
            foreach (var row in (await backend.QueryAsync(query)).Rows)
                bad.TryAdd(long.Parse(row[0]!, CultureInfo.InvariantCulture), error);
        }
    }

    /// <summary>Why a row cannot be written, as text; NULL where it can.</summary>
    private static string Checks(CrateTable table)
    {
        var required = table
            .Columns.Where(c => c.IsRequired || table.Key.Contains(c.Name))
            .Select(c => When($"{c.Quoted} IS NULL", $"\"{c.Name}\" must not be null"));
        var whole = table
            .Columns.Where(c => c.Type.Stored is "int8" or "crate.tstz" or "crate.ts")
            .Select(c =>
                When($"{c.Quoted}::int8 IN (9223372036854775807, -9223372036854775808)", $"Value of \"{c.Name}\" is out of range")
            );
        var text = table
            .Columns.Where(c => c is { Type.Stored: "text", IsLarge: false })
            .Select(c => When($"octet_length({c.Quoted}) > 32766", $"Document contains at least one immense term in field=\"{c.Name}\""));
        List<string> cases = [.. required, .. whole, .. text];
        return cases.Count == 0 ? "NULL::text" : $"CASE {string.Join(' ', cases)} END";
    }

    private static string When(string condition, string reason) => $"WHEN {condition} THEN {PgName.Literal(reason)}";

    private async Task<Reply> WriteAsync(CrateTable table, InsertText statement, string left, RequestContext call)
    {
        foreach (var row in (await backend.QueryAsync($"SELECT DISTINCT {table.ValuesOf} FROM {table.Staged} WHERE {left}")).Rows)
        {
            // The one partition of a table without any is always there.
            if (!table.IsPartitioned)
                break;
            var values = PgArray.Read(row[0]!);
            if (!table.Partitions.ContainsKey(CratePartition.Encode(values)))
                table.Add(placement.Partition(table, values));
        }

        var columns = string.Join(", ", table.Written.Select(c => c.Quoted));
        var conflict = statement.Conflict is null ? "" : Conflict(table, statement, call);
        var rounds = conflict.Length == 0 || conflict.EndsWith("NOTHING", StringComparison.Ordinal) ? 1 : await RoundsAsync(table, left);
        Reply? reply = null;
        long count = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var source =
                rounds == 1
                    ? $"SELECT {columns} FROM {table.Staged} WHERE {left} ORDER BY _n"
                    : FormattableString.Invariant(
                        $"SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY {Key(table)} ORDER BY _n) AS _nth "
                    ) + FormattableString.Invariant($"FROM {table.Staged} WHERE {left}) s WHERE _nth = {round}");
            (reply, var wrote) = await _written.RunAsync(
                table,
                $"INSERT INTO {table.Current} AS {PgName.Quote(table.Name)} ({columns}) {source} {conflict} RETURNING *",
                "_seq_no",
                statement.Returning.Count == 0 ? null : new Translator(relations, call).Expression(statement.Returning)
            );
            count += wrote;
        }

        return statement.Returning.Count == 0 ? Reply.Done(count) : reply!;
    }

    /// <summary>A key that is there several times is written as often, one after the other.</summary>
    private async Task<long> RoundsAsync(CrateTable table, string left)
    {
        var most = await backend.QueryAsync(
            $"SELECT coalesce(max(n), 1) FROM (SELECT count(*) AS n FROM {table.Staged} WHERE {left} GROUP BY {Key(table)}) g"
        );
        return long.Parse(most.Rows[0][0]!, CultureInfo.InvariantCulture);
    }

    private string Conflict(CrateTable table, InsertText statement, RequestContext call)
    {
        var target = statement.ConflictColumns;
        if (target.Count > 0 && !target.ToHashSet().SetEquals(table.Key))
            throw CrateError.Parse(
                $"Number of conflict targets ([{string.Join(", ", target)}]) did not match the number of primary key columns ([{string.Join(", ", table.Key)}])"
            );
        if (statement.Conflict!.Count == 0)
            return "ON CONFLICT DO NOTHING";
        var alias = PgName.Quote(table.Name);
        var translator = new Translator(relations, call) { Target = (table, alias) };
        translator.Know(table);
        var set = Nodes.Split(statement.Conflict, ",").Select(a => Assignment(table, a, translator));
        return $"ON CONFLICT ({Key(table)}) DO UPDATE SET {string.Join(", ", set)}, _seq_no = nextval('{table.Sequence}'), _version = {alias}._version + 1";
    }

    internal static string Assignment(CrateTable table, IReadOnlyList<Node> nodes, Translator translator)
    {
        var name = nodes[0].Name;
        if (table.Key.Contains(name) || table.PartitionedBy.Contains(name))
            throw CrateError.Parse($"Updating a primary key or partitioned-by column is not supported: {name}");
        return $"{table.Column(name).Quoted} = {translator.Expression(Nodes.Slice(nodes, 2, nodes.Count))}";
    }

    private static string Key(CrateTable table) => string.Join(", ", table.Key.Select(PgName.Quote));

    private static Reply Bulk(int count, SortedDictionary<long, CrateError> bad) =>
        new(
            200,
            JsonSerializer.Serialize(
                new
                {
                    cols = Array.Empty<string>(),
                    col_types = Array.Empty<int>(),
                    results = Enumerable
                        .Range(1, count)
                        .Select(n =>
                            bad.TryGetValue(n, out var error)
                                ? (object)new { rowcount = -2, error = new { code = error.Code, message = error.Message } }
                                : new { rowcount = 1 }
                        ),
                    duration = 0.5,
                }
            )
        );
}
