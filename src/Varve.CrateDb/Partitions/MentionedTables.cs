using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Policies;

namespace Varve.CrateDb.Partitions;

/// <summary>
/// The tables that a statement of a person may read: nothing is read whose name does not stand in it, or in a view that does.
/// More may be found than are read, where a column is called like a table.
/// </summary>
internal static class MentionedTables
{
    /// <summary>Those of a statement.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="statement">The text.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<TableName>> InAsync(SqlSession session, string statement, CancellationToken cancellationToken)
    {
        var views = (await session.QueryAsync(ObserverShapes.Views(), cancellationToken)).Rows;
        var tables = (await session.QueryAsync(ObserverShapes.Tables(), cancellationToken)).Rows;
        return In(
            statement,
            [.. views.Select(v => (v.Text(1), v.TextOrNull(2) ?? ""))],
            [.. tables.Select(t => new TableName(t.Text(0), t.Text(1)))]
        );
    }

    /// <summary>The same, from what the catalog has.</summary>
    internal static IReadOnlyList<TableName> In(
        string statement,
        IReadOnlyList<(string Name, string Definition)> views,
        IReadOnlyList<TableName> tables
    )
    {
        List<string> texts = [statement];
        List<(string Name, string Definition)> left = [.. views];
        for (var i = 0; i < texts.Count; i++)
        {
            var mentioned = left.FindAll(v => Mentions(texts[i], v.Name));
            texts.AddRange(mentioned.Select(v => v.Definition));
            left = [.. left.Except(mentioned)];
        }

        return [.. tables.Where(t => texts.Exists(text => Mentions(text, t.Name)))];
    }

    // Without quotes a name is written in any case; in quotes each of its own is written twice.
    private static bool Mentions(string text, string name) =>
        Stands(text, name)
        || (name.Contains('"', StringComparison.Ordinal) && Stands(text, name.Replace("\"", "\"\"", StringComparison.Ordinal)));

    private static bool Stands(string text, string name)
    {
        for (
            var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            if ((at == 0 || !IsPart(text[at - 1])) && (at + name.Length == text.Length || !IsPart(text[at + name.Length])))
                return true;
        }

        return false;
    }

    private static bool IsPart(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}
