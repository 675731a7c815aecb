using Varve.Time;

namespace Varve.Policies;

/// <summary>When a part of the source moves, and where to.</summary>
/// <param name="After">How long after its end.</param>
/// <param name="To">Where to.</param>
public sealed record Hop(Keep After, Place To);
