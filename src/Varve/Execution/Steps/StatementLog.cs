using Varve.Catalog;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>
/// The statements of a step, in order: each that names a table which is not the catalog's. Those that look, prove and count
/// are among them; what the catalog writes about itself is not.
/// </summary>
internal sealed class StatementLog(CatalogTables catalog)
{
    private readonly List<SqlText> _statements = [];

    /// <summary>The same, to go on with.</summary>
    public StatementLog Copy()
    {
        var copy = new StatementLog(catalog);
        copy._statements.AddRange(_statements);
        return copy;
    }

    /// <summary>What there is of it.</summary>
    public IReadOnlyList<SqlText> Statements => _statements;

    /// <summary>Adds a statement where it belongs here; whether it does.</summary>
    public bool Add(SqlText statement)
    {
        if (statement.Relations.All(catalog.Owns))
            return false;
        _statements.Add(statement);
        return true;
    }

    /// <summary>As a person reads them, and could run them.</summary>
    public IReadOnlyList<string> Texts(Dialect dialect) => [.. _statements.Select(s => s.RenderInline(dialect).Text)];

    /// <summary>As the journal keeps them; empty for none.</summary>
    public string Text(Dialect dialect) => string.Join(";\n", Texts(dialect));
}
