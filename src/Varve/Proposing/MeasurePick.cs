using Varve.Policies;

namespace Varve.Proposing;

/// <summary>The functions that are proposed for each measure, and the columns that a tier has no room for.</summary>
/// <param name="Measures">Columns with their functions, in the order of the table.</param>
/// <param name="NoRoom">Columns that are left out, so that the policy is not refused.</param>
internal sealed record MeasurePick(
    IReadOnlyList<(ColumnPick Column, IReadOnlyList<Function> Functions)> Measures,
    IReadOnlyList<ColumnPick> NoRoom
)
{
    // Beside time, series and measures: what counts rows and tells how complete they are, and in views also tier and local date.
    private const int Others = 6;

    /// <summary>All functions where they fit, averages alone where those do, else as many columns as fit.</summary>
    public static MeasurePick For(Findings findings)
    {
        var room = findings.MaxColumns - Others - findings.Picks.Count(p => p.Role is ColumnRole.Series);
        List<ColumnPick> measures = [.. findings.Picks.Where(p => p.Role is ColumnRole.Measure)];
        Function[] few = [Function.Avg];
        Function[][] tries =
        [
            [Function.Avg, Function.Min, Function.Max],
            few,
        ];
        foreach (var numbers in tries)
            if (measures.Sum(p => Columns(p, Functions(p, numbers))) <= room)
                return new([.. measures.Select(p => (p, Functions(p, numbers)))], []);
        List<(ColumnPick, IReadOnlyList<Function>)> fitting = [];
        foreach (var pick in measures)
        {
            room -= Columns(pick, Functions(pick, few));
            if (room < 0)
                break;
            fitting.Add((pick, Functions(pick, few)));
        }

        return new(fitting, measures[fitting.Count..]);
    }

    private static IReadOnlyList<Function> Functions(ColumnPick pick, IReadOnlyList<Function> ofNumbers) =>
        pick.IsCounter ? [Function.First, Function.Last]
        : pick.Column.Column.Type.IsNumeric ? ofNumbers
        : [Function.Last];

    private static int Columns(ColumnPick pick, IReadOnlyList<Function> functions)
    {
        var column = pick.Column.Column;
        Measure measure = new()
        {
            Name = column.Name,
            Column = column.Name,
            Functions = functions,
        };
        return MeasureStates.Of(measure, column.Type.HasNaN).Count;
    }
}
