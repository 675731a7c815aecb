namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What an INSERT says behind its table.</summary>
internal sealed record InsertText
{
    /// <summary>The columns that are given.</summary>
    internal required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows behind VALUES, or the query.</summary>
    internal required IReadOnlyList<Node> Source { get; init; }

    internal required bool IsQuery { get; init; }

    /// <summary>The assignments of DO UPDATE SET; empty for DO NOTHING; null without ON CONFLICT.</summary>
    internal IReadOnlyList<Node>? Conflict { get; init; }

    internal IReadOnlyList<string> ConflictColumns { get; init; } = [];

    internal IReadOnlyList<Node> Returning { get; init; } = [];

    internal static InsertText Read(CrateTable table, IReadOnlyList<Node> nodes, int at)
    {
        IReadOnlyList<string>? columns = null;
        if (nodes[at].Kind is NodeKind.Round && !nodes[at].Inner.Any(n => n.Is("select", "values")))
            columns = [.. Nodes.Split(nodes[at++].Inner, ",").Select(c => c[0].Name)];
        var returning = Nodes.Find(nodes, at, "returning");
        var conflict = Conflicts(nodes, at);
        var end = Math.Min(conflict, returning);
        var isQuery = !nodes[at].Is("values");
        var source = Nodes.Slice(nodes, isQuery ? at : at + 1, end);
        if (source is [{ Kind: NodeKind.Round } whole] && isQuery)
            source = whole.Inner;
        if (isQuery && source.Count > 0 && source[0].Is("values"))
            (isQuery, source) = (false, Nodes.Slice(source, 1, source.Count));
        var written = table.Written.Select(c => c.Name).ToList();
        columns ??= isQuery ? written : [.. written.Take(Nodes.Split(source[0].Inner, ",").Count)];
        return new InsertText
        {
            Columns = columns,
            Source = source,
            IsQuery = isQuery,
            Returning = Nodes.Slice(nodes, Math.Min(returning + 1, nodes.Count), nodes.Count),
        }.With(nodes, conflict, returning);
    }

    private InsertText With(IReadOnlyList<Node> nodes, int conflict, int end)
    {
        if (conflict >= end)
            return this;
        var at = conflict + 2;
        var text = this;
        if (nodes[at].Kind is NodeKind.Round)
            text = text with { ConflictColumns = [.. Nodes.Split(nodes[at++].Inner, ",").Select(c => c[0].Name)] };
        if (Nodes.Takes(nodes, ref at, "do", "nothing"))
            return text with { Conflict = [] };
        if (!Nodes.Takes(nodes, ref at, "do", "update", "set"))
            throw CrateError.Syntax(nodes[at].Text);
        var set = Nodes.Slice(nodes, at, end);
        return set.Any(n => n.Is("where")) ? throw CrateError.Syntax("WHERE") : text with { Conflict = set };
    }

    private static int Conflicts(IReadOnlyList<Node> nodes, int at)
    {
        for (var i = at; i + 1 < nodes.Count; i++)
        {
            if (nodes[i].Is("on") && nodes[i + 1].Is("conflict"))
                return i;
        }

        return nodes.Count;
    }
}
