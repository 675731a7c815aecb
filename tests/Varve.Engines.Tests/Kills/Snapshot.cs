using System.Globalization;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Kills;

/// <summary>All relations of the user, and the sets of the catalog, as they are left by a run.</summary>
public sealed record Snapshot(IReadOnlyDictionary<string, IReadOnlyList<object?[]>> Relations)
{
    private static readonly (string Table, string Columns)[] Sets =
    [
        ("coverage", "policy, relation, kind, from_us, to_us"),
        ("dirty", "policy, relation, kind, from_us, to_us, rows_left, by_others"),
        ("archives", "policy, location, from_us, to_us, row_count, pruned_us IS NULL"),
        ("edges", "policy, relation, at_us"),
        ("holds", "policy, relation, from_us, to_us"),
        ("relations", "policy, relation, kind, schema_name, name"),
    ];

    public static async Task<Snapshot> TakeAsync(ScratchDatabase db, string schema)
    {
        // An engine that is embedded opens its file once for all queries.
        await using var open = await db.OpenAsync();
        Dictionary<string, IReadOnlyList<object?[]>> relations = [];
        foreach (var shape in await db.ShapesAsync(schema))
        {
            var columns = string.Join(
                ", ",
                shape.Columns.Select(c => $"CAST({db.Quote(c.Name)} AS {(c.Type == "DOUBLE" ? "DOUBLE" : "VARCHAR")})")
            );
            relations[shape.Name] = await db.QueryAsync($"SELECT {columns} FROM {db.Quote(schema)}.{db.Quote(shape.Name)}");
        }

        foreach (var (table, columns) in Sets)
            relations[$"varve.{table}"] = await db.QueryAsync($"SELECT DISTINCT {columns} FROM varve.{table}");
        return new(relations);
    }

    /// <summary>What differs, or null: relations as multisets, doubles to 1e-12 of their size.</summary>
    public string? DifferenceTo(Snapshot other)
    {
        if (!Relations.Keys.Order(StringComparer.Ordinal).SequenceEqual(other.Relations.Keys.Order(StringComparer.Ordinal)))
            return $"relations {string.Join(", ", Relations.Keys)} and {string.Join(", ", other.Relations.Keys)}";
        foreach (var (name, rows) in Relations)
        {
            var mine = rows.OrderBy(Key, StringComparer.Ordinal).ToList();
            var its = other.Relations[name].OrderBy(Key, StringComparer.Ordinal).ToList();
            if (mine.Count != its.Count)
                return $"{name}: {mine.Count} and {its.Count} rows: {Odd(mine, its)}";
            foreach (var (a, b) in mine.Zip(its))
                if (!a.Zip(b).All(p => Near(p.First, p.Second)))
                    return $"{name}: {Show(a)} and {Show(b)}";
        }

        return null;
    }

    private static bool Near(object? a, object? b) =>
        (a, b) switch
        {
            (double x, double y) => x.Equals(y) || Math.Abs(x - y) <= 1e-12 * Math.Max(Math.Abs(x), Math.Abs(y)),
            _ => Equals(a, b),
        };

    // Doubles may differ in their last digits and must not decide the order.
    private static string Key(object?[] row) =>
        string.Join('|', row.Select(v => v is double d ? d.ToString("G9", CultureInfo.InvariantCulture) : Close.Show(v)));

    private static string Odd(IEnumerable<object?[]> a, IEnumerable<object?[]> b)
    {
        var mine = a.Select(Key).ToList();
        var its = b.Select(Key).ToList();
        return $"only first: {string.Join("; ", mine.Except(its).Take(3))}; only second: {string.Join("; ", its.Except(mine).Take(3))}";
    }

    private static string Show(object?[] row) => string.Join(", ", row.Select(Close.Show));
}
