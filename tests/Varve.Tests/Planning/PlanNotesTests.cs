using Varve.Planning;
using Varve.Policies;
using Varve.Tests.Policies;

namespace Varve.Tests.Planning;

public sealed class PlanNotesTests
{
    private static readonly RowExtent Some = new(1234, Jan.At("1"), Jan.At("2"));

    [Fact]
    public void There_is_nothing_to_say_of_a_table_in_order() => Assert.Empty(Seen.Plan(Seen.Forever, Seen.Table).Notes);

    [Fact]
    public void Late_rows_that_are_held_are_told()
    {
        var late = Seen.Table with { Frozen = Some };
        Assert.Equal(
            "VRV210: 1,234 rows between 2025-01-01T00:00:00Z and 2025-01-02T00:00:00Z came for a range that has expired; they stay in main.t and are in no tier (late_after_expiry: hold)",
            Note(late)
        );
        Assert.Empty(Seen.Plan("late_after_expiry: discard, " + Seen.Forever, late).Notes);
    }

    [Fact]
    public void Rows_without_a_time_are_told() =>
        Assert.Equal(
            "VRV211: 1,234 rows of main.t have no finite ts: they are in no tier and never expire",
            Note(Seen.Table with { Timeless = 1234 })
        );

    [Fact]
    public void Rows_in_the_future_are_told() =>
        Assert.Equal(
            "VRV212: 1,234 rows of main.t are later than the planning instant, up to 2025-01-02T00:00:00Z: they wait until their time has come",
            Note(Seen.Table with { Future = Some })
        );

    [Fact]
    public void What_is_deleted_row_by_row_is_told_where_it_is_much()
    {
        var table = Seen.Table with { Rows = 90_000, LeavesDeadRows = true };
        Assert.Equal(
            "about 40,000 rows of main.t are deleted one by one, and 50,000 stay: vacuum makes their room free to be used again, and the disk does not get it back; of a table that is partitioned by ts whole partitions go, and their room with them",
            Assert.Single(Notes("keep: 5d", table)).Message
        );
        Assert.Empty(Notes("keep: 8d", table));
        Assert.Empty(Notes("keep: 5d", table with { Rows = 9_000 }));
        Assert.Empty(Notes("keep: 5d", table with { LeavesDeadRows = false }));
        Assert.Empty(Notes("keep: 30d", table));
    }

    [Fact]
    public void Of_what_goes_with_whole_parts_nothing_stays_to_be_told()
    {
        var table = Seen.Table with { Rows = 90_000, LeavesDeadRows = true };
        var days = Enumerable.Range(1, 9).Select(d => new TablePiece(Jan.Range(FormattableString.Invariant($"{d}..{d + 1}"))));
        var parts = Laid.Sound(
            $"{{ table: t, time: ts, series: [host], measures: {{ load: [avg], door: last }}, keep: 5d, {Seen.Forever} }}",
            Laid.House with
            {
                Pieces = new("ts", [.. days]),
            }
        );

        var plan = Planner.Plan(parts, table, Jan.At("10"));

        Assert.Contains(plan.Steps, s => s is PlanStep.Expire);
        Assert.DoesNotContain(plan.Notes, n => n.Code == WorkCodes.DeadRows);
    }

    private static IEnumerable<Problem> Notes(string keep, TableState table) =>
        Seen.Plan($"{keep}, {Seen.Forever}", table).Notes.Where(n => n.Code == WorkCodes.DeadRows);

    private static string Note(TableState state)
    {
        var note = Assert.Single(Seen.Plan(Seen.Forever, state).Notes);
        Assert.True(note.IsWarning);
        return $"{note.Code}: {note.Message}";
    }
}
