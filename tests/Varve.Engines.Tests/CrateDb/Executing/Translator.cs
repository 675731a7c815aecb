using System.Globalization;
using System.Text;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// CrateDB's expressions and queries as PostgreSQL's. Words are exchanged one by one; what a name means is looked up in the
/// store. It knows what Varve sends and what tests write, not all of CrateDB's SQL.
/// </summary>
/// <param name="relations">What stands in a FROM.</param>
/// <param name="call">The request with its values.</param>
internal sealed class Translator(Relations relations, RequestContext call)
{
    private readonly List<Func<string, CrateType?>> _columns = [];
    private readonly HashSet<string> _common = new(StringComparer.Ordinal);
    private readonly HashSet<(string Schema, string Name)> _tables = [];

    /// <summary>Bare names that are columns of what is changed, and the name that goes before them.</summary>
    internal (CrateTable Table, string Alias)? Target { get; set; }

    /// <summary>Subscripts of these columns have the types of their keys.</summary>
    internal void Know(CrateTable table) => _columns.Add(name => table.Find(name)?.Type);

    /// <summary>A query, VALUES, or an expression.</summary>
    internal string List(IReadOnlyList<Node> nodes)
    {
        if (nodes.Any(n => n.Is("select")))
            return Query(nodes);
        return Expression(nodes);
    }

    /// <summary>An expression, or several with commas between them.</summary>
    internal string Expression(IReadOnlyList<Node> nodes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < nodes.Count;)
        {
            if (text.Length > 0)
                text.Append(' ');
            text.Append(Piece(nodes, ref at));
        }

        return text.ToString();
    }

    private string Query(IReadOnlyList<Node> nodes)
    {
        var text = new StringBuilder();
        var at = 0;
        if (nodes[0].Is("with"))
            text.Append(Common(nodes, ref at));
        while (at < nodes.Count)
        {
            var end = Nodes.Find(nodes, at, "union", "except", "intersect");
            text.Append(nodes[at].Is("select") ? Select(Nodes.Slice(nodes, at, end)) : Expression(Nodes.Slice(nodes, at, end)));
            at = end;
            if (at == nodes.Count)
                break;
            if (!nodes[at].Is("union"))
                throw CrateError.Unsupported($"{nodes[at].Text.ToUpperInvariant()} is not supported");
            at++;
            text.Append(Nodes.Takes(nodes, ref at, "all") ? " UNION ALL " : " UNION ");
        }

        return text.ToString();
    }

    private string Common(IReadOnlyList<Node> nodes, ref int at)
    {
        var text = new StringBuilder("WITH ");
        at++;
        if (Nodes.Takes(nodes, ref at, "recursive"))
            text.Append("RECURSIVE ");
        while (true)
        {
            var name = nodes[at++].Name;
            text.Append(PgName.Quote(name));
            if (nodes[at].Kind is NodeKind.Round)
                text.Append('(').Append(Expression(nodes[at++].Inner)).Append(')');
            at++;
            _common.Add(name);
            text.Append(" AS (").Append(List(nodes[at++].Inner)).Append(") ");
            if (!nodes[at].IsSymbol(","))
                return text.ToString();
            at++;
            text.Append(", ");
        }
    }

    /// <summary>FROM is translated first, because it says what the names of the others are.</summary>
    private string Select(IReadOnlyList<Node> nodes)
    {
        var from = Nodes.Find(nodes, 0, "from");
        var where = Nodes.Find(nodes, 0, "where");
        var rest = Nodes.Find(nodes, 0, "group", "having", "window", "order", "limit", "offset", "fetch");
        where = Math.Min(where, rest);
        from = Math.Min(from, where);
        var sources = from < nodes.Count && nodes[from].Is("from") ? Nodes.Slice(nodes, from + 1, where) : [];
        var condition = where < rest ? Nodes.Slice(nodes, where + 1, rest) : [];
        var relation = sources.Count == 0 ? "" : $" FROM {From(sources, condition)}";
        return Expression(Nodes.Slice(nodes, 0, from))
            + relation
            + (condition.Count == 0 ? "" : $" WHERE {Expression(condition)}")
            + (rest < nodes.Count ? $" {Expression(Nodes.Slice(nodes, rest, nodes.Count))}" : "");
    }

    private string From(IReadOnlyList<Node> nodes, IReadOnlyList<Node> condition)
    {
        var alone = !nodes.Any(n => n.IsSymbol(",") || n.Is("join"));
        var text = new StringBuilder();
        var expected = true;
        for (var at = 0; at < nodes.Count;)
        {
            if (text.Length > 0)
                text.Append(' ');
            if (expected && nodes[at].Kind is NodeKind.Round)
            {
                var inner = nodes[at++].Inner;
                text.Append('(').Append(inner.Any(n => n.Is("select", "values")) ? List(inner) : From(inner, [])).Append(')');
                expected = false;
            }
            else if (expected && nodes[at].IsName && !nodes[at].Is("lateral"))
            {
                text.Append(Source(nodes, ref at, alone ? condition : []));
                expected = false;
            }
            else
            {
                expected = nodes[at].IsSymbol(",") || nodes[at].Is("join") || (expected && nodes[at].Is("lateral"));
                text.Append(Piece(nodes, ref at));
            }
        }

        return text.ToString();
    }

    private string Source(IReadOnlyList<Node> nodes, ref int at, IReadOnlyList<Node> condition)
    {
        var from = at;
        var (schema, name) = Nodes.Relation(nodes, ref at);
        if (at < nodes.Count && nodes[at].Kind is NodeKind.Round)
        {
            at = from;
            return Piece(nodes, ref at);
        }

        if (schema is null && _common.Contains(name))
            return PgName.Quote(name);
        _tables.Add((schema ?? call.Schema, name));
        var found = relations.Read(schema, name, condition, call);
        _columns.Add(found.Type);
        var hasAlias =
            at < nodes.Count
            && (
                nodes[at].Is("as")
                || (nodes[at].IsName && !nodes[at].Is("left", "right", "inner", "full", "cross", "join", "on", "where", "using", "natural"))
            );
        return hasAlias ? found.Sql : $"{found.Sql} AS {PgName.Quote(name)}";
    }

    private string Piece(IReadOnlyList<Node> nodes, ref int at)
    {
        var node = nodes[at];
        switch (node.Kind)
        {
            case NodeKind.Round:
                at++;
                return $"({List(node.Inner)})";
            case NodeKind.Square:
                at++;
                return node.Inner.Count == 0 ? "'{}'" : $"ARRAY[{Expression(node.Inner)}]";
            case NodeKind.Curly:
                at++;
                return $"jsonb_build_object({string.Join(", ", Nodes.Split(node.Inner, ",").Select(Field))})";
            case NodeKind.Text:
                at++;
                return Literals.Text(node.Text);
            case NodeKind.Number:
                at++;
                return Literals.Number(node.Text);
            case NodeKind.Value:
                at++;
                return Literals.Json(call.Value(node));
            case NodeKind.Symbol when node.Text == "::":
                at++;
                return $"::{CrateType.Read(nodes, ref at).Stored}";
            case NodeKind.Symbol:
                at++;
                return node.Text;
            default:
                return Word(nodes, ref at);
        }
    }

    private string Field(IReadOnlyList<Node> field) => $"{PgName.Literal(field[0].Name)}, {Expression(Nodes.Slice(field, 2, field.Count))}";

    private string Word(IReadOnlyList<Node> nodes, ref int at)
    {
        var node = nodes[at];
        var next = at + 1 < nodes.Count ? nodes[at + 1] : null;
        if (next?.Kind is NodeKind.Round && node.Is("cast", "try_cast"))
            return Cast(nodes, ref at);
        if (next?.Kind is NodeKind.Round && node.Is("min_by", "max_by"))
            return By(nodes, ref at);
        if (next?.Kind is NodeKind.Round && node.Is("extract"))
            return Extract(nodes, ref at);
        if (next?.Kind is NodeKind.Square && node.Is("array"))
        {
            at++;
            return Piece(nodes, ref at);
        }

        if (node.Is("timestamp", "interval", "date") && Typed(nodes, ref at) is { } typed)
            return typed;
        if (node.Is("now") && next is { Kind: NodeKind.Round, Inner.Count: 0 })
        {
            at += 2;
            return Now();
        }

        if (next?.IsSymbol(".") != true)
        {
            if (node.Is("current_timestamp"))
            {
                at++;
                return Now();
            }

            if (node.Is("current_user", "session_user", "user") && next?.Kind is not NodeKind.Square)
                return Constant(nodes, ref at, call.User);
            if (node.Is("current_schema"))
                return Constant(nodes, ref at, call.Schema);
            if (node.Is("current_database") && next?.Kind is NodeKind.Round)
                return Constant(nodes, ref at, "crate");
        }

        return Chain(nodes, ref at);
    }

    private string Now() => string.Create(CultureInfo.InvariantCulture, $"({call.Now}::int8::crate.tstz)");

    /// <summary>A word that is a value, with or without brackets behind it.</summary>
    private static string Constant(IReadOnlyList<Node> nodes, ref int at, string text)
    {
        at++;
        if (at < nodes.Count && nodes[at] is { Kind: NodeKind.Round, Inner.Count: 0 })
            at++;
        return $"{PgName.Literal(text)}::text";
    }

    /// <summary>TIMESTAMP WITH TIME ZONE '…'.</summary>
    private static string? Typed(IReadOnlyList<Node> nodes, ref int at)
    {
        var behind = at;
        var type = CrateType.Read(nodes, ref behind);
        if (behind >= nodes.Count || nodes[behind].Kind is not NodeKind.Text)
            return null;
        at = behind + 1;
        return $"{PgName.Literal(nodes[behind].Text)}::text::{type.Stored}";
    }

    private string Cast(IReadOnlyList<Node> nodes, ref int at)
    {
        var tries = nodes[at].Is("try_cast");
        var inner = nodes[at + 1].Inner;
        at += 2;
        var place = Nodes.Find(inner, 0, "as");
        var value = Expression(Nodes.Slice(inner, 0, place++));
        var type = CrateType.Read(inner, ref place).Stored;
        return tries
            ? $"crate.try_{type.Replace("crate.", "", StringComparison.Ordinal).Split('(')[0]}(({value})::text)"
            : $"CAST({value} AS {type})";
    }

    /// <summary>EXTRACT(day FROM ts).</summary>
    private string Extract(IReadOnlyList<Node> nodes, ref int at)
    {
        var inner = nodes[at + 1].Inner;
        at += 2;
        return $"crate.part_of({PgName.Literal(inner[0].Text.ToLowerInvariant())}, {Expression(Nodes.Slice(inner, 2, inner.Count))})";
    }

    /// <summary>The first of the values in the order of the key.</summary>
    private string By(IReadOnlyList<Node> nodes, ref int at)
    {
        var order = nodes[at].Is("max_by") ? " DESC" : "";
        var parts = Nodes.Split(nodes[at + 1].Inner, ",");
        at += 2;
        var (value, key) = (Expression(parts[0]), Expression(parts[1]));
        var condition = $"({key}) IS NOT NULL";
        if (at + 1 < nodes.Count && nodes[at].Is("filter"))
        {
            condition += $" AND ({Expression(nodes[at + 1].Inner.Skip(1).ToList())})";
            at += 2;
        }

        return $"(array_agg({value} ORDER BY {key}{order}) FILTER (WHERE {condition}))[1]";
    }

    /// <summary>A name with what is before and behind it: a column, its keys, a function.</summary>
    private string Chain(IReadOnlyList<Node> nodes, ref int at)
    {
        List<Node> names = [nodes[at++]];
        while (at + 1 < nodes.Count && nodes[at].IsSymbol(".") && nodes[at + 1].IsName)
        {
            names.Add(nodes[at + 1]);
            at += 2;
        }

        var isCall = at < nodes.Count && nodes[at].Kind is NodeKind.Round && names is [{ Kind: NodeKind.Word }];
        if (names is [var only])
        {
            if (isCall && only.Is("pg_typeof"))
                return "crate.typename";
            if (only.Is("primary"))
                return "\"primary\"";
            if (Target is { } target && !isCall && target.Table.Find(only.Name) is { } column && !IsKeyword(only))
                return Keys(nodes, ref at, $"{target.Alias}.{column.Quoted}", only.Name);
            if (only.Kind is NodeKind.Word && only.Text.Length < 64 && (isCall || IsKeyword(only) || !IsSubscript(nodes, at)))
                return only.Text;
        }

        // schema.table.column: the schema is known by the table.
        if (names.Count >= 3 && _tables.Contains((names[0].Name, names[1].Name)))
            names.RemoveAt(0);
        return Keys(nodes, ref at, string.Join('.', names.Select(Quoted)), names[^1].Name);
    }

    private static string Quoted(Node name) => name.Is("excluded") ? "excluded" : PgName.Quote(name.Name);

    // Words that are columns of catalogs too stay columns; what is a keyword in an expression is never one without quotes.
    private static bool IsKeyword(Node node) =>
        node.Is(
            "select",
            "all",
            "by",
            "on",
            "where",
            "having",
            "and",
            "or",
            "not",
            "null",
            "true",
            "false",
            "case",
            "when",
            "then",
            "else",
            "end",
            "is",
            "in",
            "between",
            "like",
            "as",
            "distinct",
            "from",
            "any"
        );

    private static bool IsSubscript(IReadOnlyList<Node> nodes, int at) =>
        at < nodes.Count && nodes[at] is { Kind: NodeKind.Square, Inner.Count: > 0 };

    private string Keys(IReadOnlyList<Node> nodes, ref int at, string column, string name)
    {
        List<string> path = [];
        while (IsSubscript(nodes, at) && nodes[at].Inner is [{ Kind: NodeKind.Text } key])
        {
            path.Add(key.Text);
            at++;
        }

        if (path.Count == 0)
        {
            return IsSubscript(nodes, at) ? $"{column}[{Expression(nodes[at++].Inner)}]" : column;
        }

        var type = _columns.Select(of => of(name)).FirstOrDefault(t => t is { IsObject: true });
        foreach (var key in path)
        {
            type = type?.Keys?.GetValueOrDefault(key) ?? type?.Keys?.GetValueOrDefault("*");
        }

        if (type is null && call.IsStrict)
            throw CrateError.UnknownColumn($"{name}{string.Concat(path.Select(p => $"['{p}']"))}");
        var keys = $"ARRAY[{string.Join(", ", path.Select(PgName.Literal))}]";
        return type is null || type.IsObject ? $"({column} #> {keys})" : $"(({column} #>> {keys})::{type.Stored})";
    }
}
