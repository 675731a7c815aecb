namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>
/// Whether a condition names a row by every column of its primary key: <c>=</c> a value, or IN of values. Such a look-up
/// sees the last write; everything else sees the last refresh.
/// </summary>
internal static class KeyLookup
{
    /// <summary>True where the whole key is named, and maybe more is asked.</summary>
    internal static bool Finds(CrateTable table, IReadOnlyList<Node> condition)
    {
        if (condition.Count == 0 || table.Key.Count == 0)
            return false;
        var named = Nodes.Conjuncts(condition).Select(Named).ToHashSet(StringComparer.Ordinal);
        return table.Key.All(named.Contains);
    }

    /// <summary>True where nothing but the whole key and the version of the row is named.</summary>
    internal static bool IsOnly(CrateTable table, IReadOnlyList<Node> condition) =>
        Finds(table, condition)
        && Nodes.Conjuncts(condition).All(c => Named(c) is { } name && (table.Key.Contains(name) || name is "_seq_no" or "_primary_term"));

    /// <summary>Whether a version is named; without the whole key that is an error.</summary>
    /// <exception cref="CrateError">The version is named in another way.</exception>
    internal static bool HasVersion(CrateTable table, IReadOnlyList<Node> condition)
    {
        if (!Mentions(condition, "_seq_no") && !Mentions(condition, "_primary_term"))
            return false;
        var named = Nodes.Conjuncts(condition).Select(Named).ToHashSet(StringComparer.Ordinal);
        return Finds(table, condition) && named.Contains("_seq_no") && named.Contains("_primary_term")
            ? true
            : throw new CrateError(
                400,
                4000,
                "VersioningValidationException[\"_seq_no\" and \"_primary_term\" columns can only be used "
                    + "together in the WHERE clause with equals comparisons and if there are also equals comparisons on primary key columns]"
            );
    }

    internal static bool Mentions(IReadOnlyList<Node> nodes, string name) =>
        nodes.Any(n => (n.IsName && n.Name == name) || Mentions(n.Inner, name));

    /// <summary>The column that is set equal to values; null where something else is asked.</summary>
    private static string? Named(IReadOnlyList<Node> conjunct)
    {
        if (conjunct is [{ Kind: NodeKind.Round } all])
            return Named(all.Inner);
        var at = 0;
        while (at + 2 < conjunct.Count && conjunct[at].IsName && conjunct[at + 1].IsSymbol("."))
            at += 2;
        if (at + 2 > conjunct.Count - 1 || !conjunct[at].IsName)
            return null;
        var behind = Nodes.Slice(conjunct, at + 2, conjunct.Count);
        if (behind[0].Is("any", "all", "some"))
            return null;
        return conjunct[at + 1].IsSymbol("=") && IsConstant(behind) ? conjunct[at].Name
            : conjunct[at + 1].Is("in") && behind is [{ Kind: NodeKind.Round } list] && IsConstant(list.Inner) ? conjunct[at].Name
            : null;
    }

    private static bool IsConstant(IReadOnlyList<Node> nodes)
    {
        for (var at = 0; at < nodes.Count; at++)
        {
            var node = nodes[at];
            if (node.IsSymbol("::"))
            {
                at++;
                CrateType.Read(nodes, ref at);
                at--;
                continue;
            }

            if (node.Kind is NodeKind.Quoted || !IsConstant(node.Inner))
                return false;
            var isCall = at + 1 < nodes.Count && nodes[at + 1].Kind is NodeKind.Round;
            if (
                node.Kind is NodeKind.Word
                && !isCall
                && !node.Is(
                    "null",
                    "true",
                    "false",
                    "timestamp",
                    "with",
                    "without",
                    "time",
                    "zone",
                    "as",
                    "bigint",
                    "text",
                    "interval",
                    "double",
                    "precision"
                )
            )
                return false;
        }

        return true;
    }
}
