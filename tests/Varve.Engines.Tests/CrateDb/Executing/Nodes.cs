namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Questions about lists of nodes.</summary>
internal static class Nodes
{
    /// <summary>The parts between a symbol.</summary>
    internal static IReadOnlyList<IReadOnlyList<Node>> Split(IReadOnlyList<Node> nodes, string symbol)
    {
        List<IReadOnlyList<Node>> parts = [];
        List<Node> part = [];
        foreach (var node in nodes)
        {
            if (node.IsSymbol(symbol))
            {
                parts.Add(part);
                part = [];
            }
            else
            {
                part.Add(node);
            }
        }

        if (part.Count > 0 || parts.Count > 0)
            parts.Add(part);
        return parts;
    }

    /// <summary>The place of the first of some keywords; the length where there is none.</summary>
    internal static int Find(IReadOnlyList<Node> nodes, int from, params ReadOnlySpan<string> words)
    {
        for (var i = from; i < nodes.Count; i++)
        {
            // IS [NOT] DISTINCT FROM is no FROM.
            if (nodes[i].Is(words) && !(nodes[i].Is("from") && i > 0 && nodes[i - 1].Is("distinct")))
                return i;
        }

        return nodes.Count;
    }

    internal static IReadOnlyList<Node> Slice(IReadOnlyList<Node> nodes, int from, int to) => [.. nodes.Skip(from).Take(to - from)];

    /// <summary>What a condition demands at once, brackets around the whole of it taken off.</summary>
    internal static IReadOnlyList<IReadOnlyList<Node>> Conjuncts(IReadOnlyList<Node> nodes)
    {
        if (nodes is [{ Kind: NodeKind.Round } whole] && !whole.Inner.Any(n => n.Is("select")))
            return Conjuncts(whole.Inner);
        if (nodes.Any(n => n.Is("or")))
            return [nodes];
        List<IReadOnlyList<Node>> parts = [];
        List<Node> part = [];
        var between = false;
        foreach (var node in nodes)
        {
            if (node.Is("and") && !between)
            {
                parts.AddRange(Conjuncts(part));
                part = [];
                continue;
            }

            between = node.Is("between") || (between && !node.Is("and"));
            part.Add(node);
        }

        if (parts.Count == 0)
            return [part];
        return [.. parts, .. Conjuncts(part)];
    }

    /// <summary>A relation's name at a place, which is afterwards behind it.</summary>
    internal static (string? Schema, string Name) Relation(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at >= nodes.Count || !nodes[at].IsName)
            throw CrateError.Syntax(at < nodes.Count ? nodes[at].Text : "<EOF>");
        var first = nodes[at++].Name;
        if (at + 1 >= nodes.Count || !nodes[at].IsSymbol("."))
            return (null, first);
        at += 2;
        return (first, nodes[at - 1].Name);
    }

    /// <summary>Steps over keywords that must follow.</summary>
    internal static bool Takes(IReadOnlyList<Node> nodes, ref int at, params ReadOnlySpan<string> words)
    {
        if (at + words.Length > nodes.Count)
            return false;
        for (var i = 0; i < words.Length; i++)
        {
            if (!nodes[at + i].Is(words[i]))
                return false;
        }

        at += words.Length;
        return true;
    }
}
