using Varve.CrateDb.Partitions;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>What a unit of work asked for ahead, until somebody asks or something is written. Each answer is given once.</summary>
internal sealed class AheadAnswers(Dialect dialect)
{
    private readonly Dictionary<TableName, CatalogLook> _looks = [];
    private readonly Dictionary<TableName, long> _rows = [];
    private readonly Dictionary<string, Row> _answers = new(StringComparer.Ordinal);

    // Sizes are what was described, and are asked for after that.
    private readonly Dictionary<TableName, long> _bytes = [];

    /// <summary>The catalogs were read.</summary>
    public void Add(CatalogLook look, IEnumerable<TableName> tables)
    {
        foreach (var table in tables)
            (_looks[table], _bytes[table]) = (look, look.Bytes(table));
    }

    /// <summary>Rows were counted.</summary>
    public void Add(TableName table, long rows) => _rows[table] = rows;

    /// <summary>A query was answered.</summary>
    public void Add(SqlText query, Row answer) => _answers[Key(query)] = answer;

    /// <summary>True where a relation was read, and nobody asked yet.</summary>
    public bool HasLook(TableName table) => _looks.ContainsKey(table);

    /// <summary>True where the rows of a table were counted, and nobody asked yet.</summary>
    public bool HasRows(TableName table) => _rows.ContainsKey(table);

    /// <summary>True where a query was answered, and nobody asked yet.</summary>
    public bool HasRow(SqlText query) => _answers.ContainsKey(Key(query));

    /// <summary>What was read of a relation; null where it was not, or was given already.</summary>
    public CatalogLook? Look(TableName table) => _looks.Remove(table, out var look) ? look : null;

    /// <summary>Rows and bytes of tables; null where not all of them are known.</summary>
    public IReadOnlyList<(long Rows, long Bytes)>? Sizes(IReadOnlyList<TableName> tables)
    {
        if (!tables.All(t => _rows.ContainsKey(t) && _bytes.ContainsKey(t)))
            return null;
        List<(long Rows, long Bytes)> sizes = [];
        foreach (var table in tables)
        {
            _rows.Remove(table, out var rows);
            sizes.Add((rows, _bytes[table]));
        }

        return sizes;
    }

    /// <summary>The answer to a query of one row; null where it was not asked, or was given already.</summary>
    public Row? Row(SqlText query) => _answers.Count > 0 && _answers.Remove(Key(query), out var row) ? row : null;

    /// <summary>Something was written.</summary>
    public void Clear()
    {
        _looks.Clear();
        _rows.Clear();
        _bytes.Clear();
        _answers.Clear();
    }

    private string Key(SqlText query)
    {
        var (text, values) = query.Render(dialect);
        return values.Count == 0 ? text : $"{text}\n{string.Join('\n', values.Select(dialect.Literal))}";
    }
}
