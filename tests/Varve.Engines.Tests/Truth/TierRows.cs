using NodaTime;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Truth;

/// <summary>One row of a states table or a view, as it was read.</summary>
public sealed record TierRow(Instant At, string Key, IReadOnlyList<(string Name, object? Value)> Values)
{
    public object? this[string name] => Values.Single(v => v.Name == name).Value;

    public string Text =>
        $"{Varve.Time.InstantText.Format(At)} {Key}: {string.Join(", ", Values.Select(v => $"{v.Name}={Close.Show(v.Value)}"))}";
}

/// <summary>Reads relations of a tier with every column that they really have.</summary>
public static class TierRows
{
    public static async Task<IReadOnlyList<TierRow>> ReadAsync(Story story, string relation)
    {
        var (db, table, policy) = (story.Db, story.Table, story.Policy);
        var name = table.Name.WithName(relation) with { Schema = policy.Schema ?? table.Name.Schema };
        var shape =
            (await db.ShapesAsync(name.Schema ?? "main")).SingleOrDefault(s => s.Name == relation)
            ?? throw new InvalidOperationException($"There is no relation {name.Text}.");
        var columns = shape.Columns.Select(c => c.Name).Where(c => !db.OwnColumns.Contains(c)).ToList();
        var rows = await db.QueryAsync($"SELECT {string.Join(", ", columns.Select(c => Expression(story, c)))} FROM {db.Name(name)}");
        return
        [
            .. rows.Select(row =>
            {
                var values = columns.Select((c, i) => (Name: c, Value: Value(story, c, row[i]))).ToList();
                return new TierRow(
                    (Instant)values.Single(v => v.Name == table.Time).Value!,
                    Oracle.Key(policy.Series.Select(s => values.Single(v => v.Name == s).Value)),
                    [.. values.Where(v => v.Name != table.Time && !policy.Series.Contains(v.Name))]
                );
            }),
        ];
    }

    private static string Expression(Story story, string column)
    {
        var quoted = story.Db.Quote(column);
        return KindOf(story, column) is { } kind ? story.Db.TimeExpression(quoted, kind)
            : column == "varve_local" ? $"CAST({quoted} AS VARCHAR)"
            : quoted;
    }

    private static object? Value(Story story, string column, object? raw) =>
        KindOf(story, column) is { } kind ? story.Db.ReadTime(raw, kind) : raw;

    private static TimeKind? KindOf(Story story, string column) =>
        column == story.Table.Time
        || column.EndsWith("_first_at", StringComparison.Ordinal)
        || column.EndsWith("_last_at", StringComparison.Ordinal)
            ? story.Table.TimeKind
            : null;
}
