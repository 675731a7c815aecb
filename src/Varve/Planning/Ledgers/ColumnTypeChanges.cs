using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>A column whose type is another one than its tiers were built with: nothing is done until a person accepts it.</summary>
/// <param name="Column">The column of the source.</param>
/// <param name="Before">Its type when the tiers were built.</param>
/// <param name="Now">Its type now.</param>
public sealed record RetypedColumn(string Column, string Before, string Now);

/// <summary>What stops a table whose columns changed their types (semantics: changing a policy).</summary>
internal static class ColumnTypeChanges
{
    public static IReadOnlyList<RetypedColumn> Of(PolicyLayout blueprint, Ledger ledger)
    {
        if (ledger.Types.Count == 0 || blueprint.Tiers.Count == 0)
            return [];
        List<RetypedColumn> changed = [];
        foreach (var column in blueprint.Columns.Where(c => c.Name == blueprint.Time.Name).Concat(blueprint.Series))
            Compare(column, ledger, changed);
        foreach (var measure in blueprint.Measures)
            Compare(measure.Column, ledger, changed);
        return changed;
    }

    private static void Compare(Column column, Ledger ledger, List<RetypedColumn> changed)
    {
        if (
            !ledger.Types.TryGetValue(column.Name, out var before)
            || before == column.TypeName
            || changed.Exists(c => c.Column == column.Name)
        )
            return;
        changed.Add(new(column.Name, before, column.TypeName));
    }

    public static IReadOnlyList<Wait> Waits(PolicyLayout blueprint, IReadOnlyList<RetypedColumn> columns) =>
        [
            .. columns.Select(c => new Wait(
                RelationId.Source,
                TimeRange.All,
                $"{c.Column} was {c.Before} when its tiers were built and is {c.Now} now; {(IsTime(blueprint, c) ? "give it its old type back" : $"policy accept-types {blueprint.Policy.Name} takes it over")}",
                NeedsPerson: true
            )),
        ];

    /// <summary>
    /// True for the time column, whose type is never taken over: what an instant of one type is in another depends on a zone.
    /// </summary>
    public static bool IsTime(PolicyLayout blueprint, RetypedColumn column) => column.Column == blueprint.Time.Name;
}
