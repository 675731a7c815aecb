using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>What kind of statement it is, by the words that it begins with.</summary>
/// <param name="Reads">Rows of the tables that it names are read.</param>
/// <param name="IsInsert">Rows are added to the first table that it names.</param>
/// <param name="MakesView">It makes a view.</param>
/// <param name="TakesValues">Values may travel beside it: definitions take none.</param>
/// <param name="IsQuery">It changes nothing.</param>
internal readonly record struct Verb(bool Reads, bool IsInsert, bool MakesView, bool TakesValues, bool IsQuery)
{
    private static readonly string[] s_rows = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];

    /// <summary>The kind of a statement.</summary>
    public static Verb Of(SqlText statement, Dialect dialect)
    {
        var text = statement.Render(dialect).Text.AsSpan().TrimStart();
        var isRows = false;
        foreach (var verb in s_rows)
            isRows |= text.StartsWith(verb, StringComparison.OrdinalIgnoreCase);
        return new(
            isRows,
            text.StartsWith("INSERT", StringComparison.OrdinalIgnoreCase),
            text.StartsWith("CREATE OR REPLACE VIEW", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("CREATE VIEW", StringComparison.OrdinalIgnoreCase),
            isRows,
            text.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || text.StartsWith("WITH", StringComparison.OrdinalIgnoreCase)
        );
    }
}
