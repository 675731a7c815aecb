using Varve.Planning;

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

    private static string Note(TableState state)
    {
        var note = Assert.Single(Seen.Plan(Seen.Forever, state).Notes);
        Assert.True(note.IsWarning);
        return $"{note.Code}: {note.Message}";
    }
}
