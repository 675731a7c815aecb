using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The sign that another table stands under the name of the source: of what the tiers say of rows that it should still
/// have, it has other rows almost everywhere. An engine's own number of a table does not survive that the file is opened
/// again, so what is in it decides.
/// </summary>
/// <param name="Range">Where buckets were compared in which the table has rows.</param>
/// <param name="Buckets">How many these are.</param>
/// <param name="Stored">Buckets and series that the first tier has there.</param>
/// <param name="Agreeing">Those of them that the table gives again.</param>
internal sealed record SourceDoubt(TimeRange Range, long Buckets, long Stored, long Agreeing)
{
    /// <summary>How many parts are others than those that were compared: all that there are; 0 where that is not the sign.</summary>
    public int PartsAnew { get; init; }

    public const string Code = "VRV334";

    // Late rows, or rows that were put right, leave more than that as it was, or concern fewer buckets.
    private const int LeastBuckets = 3;
    private const int LeastShare = 20;

    /// <summary>True where too little agrees for this to be the table that the tiers were built from.</summary>
    public bool IsAnother => PartsAnew > 0 || (Buckets >= LeastBuckets && !IsTheSame);

    /// <summary>True where enough agrees.</summary>
    public bool IsTheSame => Stored > 0 && Agreeing * LeastShare >= Stored;

    /// <summary>What stops a run.</summary>
    public HaltException Halt(PolicyLayout blueprint, TableState state) =>
        new(Code, $"{Text(blueprint, state)} Nothing was done. {WayOut(blueprint.Policy.Name)}");

    public string Text(PolicyLayout blueprint, TableState state) =>
        PartsAnew > 0
            ? FormattableString.Invariant(
                $"{blueprint.Source.Text} is not the table that {blueprint.Policy.Name} last saw: each of the {PartsAnew:N0} partitions between {InstantText.Format(Range.From)} and {InstantText.Format(Range.To)} that it knows was made anew since. The table was swapped, renamed, created again or restored. It has {state.Rows:N0} rows now{Extent(state)}."
            )
            : FormattableString.Invariant(
                $"{blueprint.Source.Text} is not the table that {blueprint.Policy.Name} was built from, or nearly all of its rows were changed: between {InstantText.Format(Range.From)} and {InstantText.Format(Range.To)} it has rows in {Buckets:N0} buckets of {blueprint.Tiers[0].Name}, and gives {Agreeing:N0} of the {Stored:N0} buckets and series again that are stored there. It has {state.Rows:N0} rows now{Extent(state)}."
            );

    public static string WayOut(string policy) =>
        $"varve verify {policy} shows what differs. If the table was renamed, swapped or restored by mistake, put the right one back. If this is another table, varve policy adopt-source {policy} keeps what is built as history of its own. If it is the same table and its rows were changed on purpose, varve policy adopt-source {policy} --same follows them.";

    private static string Extent(TableState state) =>
        state is { First: { } first, Last: { } last } ? $", from {InstantText.Format(first)} to {InstantText.Format(last)}" : "";
}
