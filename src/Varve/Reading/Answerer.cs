using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Reading;

/// <summary>A relation that can answer a part of a question.</summary>
/// <param name="Relation">source or tier id.</param>
/// <param name="Shown">The tier whose buckets are shown where it answers.</param>
/// <param name="Has">Where it has rows, or is known to have none; whole buckets of a tier.</param>
internal sealed record Answerer(RelationId Relation, TierLayout Shown, RangeSet Has)
{
    /// <summary>Its own buckets; null for rows, which can be told apart anywhere.</summary>
    public Grid? Grid { get; init; }

    /// <summary>Up to here a tier has no bucket, so that nothing is cut there.</summary>
    public Instant EmptyBefore { get; init; } = Instant.MinValue;

    /// <summary>True for one that is coarser than what was asked for, or whose buckets do not fit into it.</summary>
    public bool IsCoarse { get; init; }

    /// <summary>True where it can begin or end without leaving a part of a bucket to another.</summary>
    public bool CanBeCut(Instant at) => Grid is null || at <= EmptyBefore || Grid.IsBoundary(at);

    /// <summary>The last place at or before an instant where it can be cut.</summary>
    public Instant Before(Instant at) => CanBeCut(at) ? at : Grid!.Floor(at);

    /// <summary>The first place at or after an instant where it can be cut.</summary>
    public Instant After(Instant at) => CanBeCut(at) ? at : Grid!.Ceiling(at);
}
