namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What a CREATE TABLE says.</summary>
/// <param name="relations">For expressions.</param>
/// <param name="call">The request.</param>
internal sealed class TableText(Relations relations, RequestContext call)
{
    internal List<CrateColumn> Columns { get; } = [];

    internal List<string> Key { get; } = [];

    internal List<string> PartitionedBy { get; } = [];

    internal string ClusteredBy { get; private set; } = "_id";

    internal int Shards { get; private set; } = 4;

    internal Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal) { ["column_policy"] = "strict" };

    /// <summary>The brackets and what is behind them.</summary>
    internal static TableText Read(IReadOnlyList<Node> nodes, int at, Relations relations, RequestContext call)
    {
        var table = new TableText(relations, call);
        foreach (var part in Nodes.Split(nodes[at++].Inner, ","))
            table.Element(part);
        while (at < nodes.Count)
        {
            if (Nodes.Takes(nodes, ref at, "clustered"))
                table.Clustered(nodes, ref at);
            else if (Nodes.Takes(nodes, ref at, "partitioned", "by"))
                table.PartitionedBy.AddRange(Names(nodes[at++].Inner));
            else if (Nodes.Takes(nodes, ref at, "with"))
            {
                foreach (var (name, value) in SettingsText.Read(nodes[at++].Inner, call))
                    table.Settings[name] = value;
            }
            else
                throw CrateError.Syntax(nodes[at].Text);
        }

        return table;
    }

    /// <summary>One column, as it stands in CREATE TABLE and ADD COLUMN.</summary>
    internal CrateColumn Column(IReadOnlyList<Node> nodes)
    {
        var name = nodes[0].Name;
        if (name.Contains('.', StringComparison.Ordinal))
            throw new CrateError(400, 4008, $"InvalidColumnNameException[\"{name}\" contains a dot]");
        if (name.AsSpan().ContainsAny('[', ']'))
            throw new CrateError(
                400,
                4008,
                $"InvalidColumnNameException[\"{name}\" conflicts with subscript pattern, square brackets are not allowed]"
            );
        var at = 1;
        CrateColumn column = new(name, nodes[at].Is("generated", "as") ? CrateType.Zoned : CrateType.Read(nodes, ref at));
        if (column.Type.Display is "date" or "interval")
            throw CrateError.Unsupported($"Type `{column.Type.Display}` does not support storage");
        if (column.Type.Stored is "numeric")
            throw CrateError.Unsupported("NUMERIC type requires a precision and a scale to be stored");
        while (at < nodes.Count)
        {
            if (Nodes.Takes(nodes, ref at, "not", "null"))
                column = column with { IsRequired = true };
            else if (Nodes.Takes(nodes, ref at, "null"))
                continue;
            else if (Nodes.Takes(nodes, ref at, "primary", "key"))
                Key.Add(name);
            else if (Nodes.Takes(nodes, ref at, "index", "off"))
                column = column with { IsLarge = true };
            else if (Nodes.Takes(nodes, ref at, "index", "using"))
                at++;
            else if (Nodes.Takes(nodes, ref at, "storage", "with"))
                at++;
            else if (Nodes.Takes(nodes, ref at, "default"))
                column = column with { Default = Translated(Rest(nodes, ref at)) };
            else if (Nodes.Takes(nodes, ref at, "generated", "always", "as") || Nodes.Takes(nodes, ref at, "as"))
            {
                var expression = Rest(nodes, ref at);
                column = column with { Generated = Translated(expression), Expression = Printer.Text(expression) };
            }
            else
                throw CrateError.Syntax(nodes[at].Text);
        }

        return column;
    }

    private void Element(IReadOnlyList<Node> nodes)
    {
        var at = 0;
        if (Nodes.Takes(nodes, ref at, "constraint"))
            at++;
        if (Nodes.Takes(nodes, ref at, "primary", "key"))
            Key.AddRange(Names(nodes[at].Inner));
        else
            Columns.Add(Column(nodes));
    }

    /// <summary>An expression up to what may follow it in a column.</summary>
    private static IReadOnlyList<Node> Rest(IReadOnlyList<Node> nodes, ref int at)
    {
        var from = at;
        at = Nodes.Find(nodes, at, "not", "null", "primary", "index", "storage", "default");
        var expression = Nodes.Slice(nodes, from, at);
        return expression is [{ Kind: NodeKind.Round } whole] ? whole.Inner : expression;
    }

    private string Translated(IReadOnlyList<Node> expression) =>
        new Translator(relations, call with { IsStrict = false }).Expression(expression);

    private void Clustered(IReadOnlyList<Node> nodes, ref int at)
    {
        if (Nodes.Takes(nodes, ref at, "by"))
            ClusteredBy = nodes[at++].Inner[0].Name;
        if (!Nodes.Takes(nodes, ref at, "into"))
            return;
        Shards = int.Parse(
            nodes[at].Kind is NodeKind.Value ? call.Value(nodes[at]).GetRawText() : nodes[at].Text,
            System.Globalization.CultureInfo.InvariantCulture
        );
        at += 2;
    }

    private static IEnumerable<string> Names(IReadOnlyList<Node> nodes) => Nodes.Split(nodes, ",").Select(n => n[0].Name);
}
