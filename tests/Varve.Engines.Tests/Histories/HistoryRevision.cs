using Varve.Policies;

namespace Varve.Engines.Tests.Histories;

/// <summary>What a history's policy may change: everything else stays as it was.</summary>
public sealed record HistoryRevision
{
    /// <summary>The tiers that it has, as positions in the widths of the policy.</summary>
    public required IReadOnlyList<int> Tiers { get; init; }

    /// <summary>The functions of the first measure.</summary>
    public required string Functions { get; init; }

    /// <summary>Hours that each relation is kept longer than it must: source first.</summary>
    public required IReadOnlyList<int> Extra { get; init; }

    /// <summary>The last relation that does not stay for ever; 0 is the source.</summary>
    public required int LastFinite { get; init; }

    public required LateAfterExpiry LateRows { get; init; }

    /// <summary>The same with one tier more or less; one that is left stays.</summary>
    public HistoryRevision Toggle(int tier) =>
        !Tiers.Contains(tier) ? this with { Tiers = [.. Tiers.Append(tier).Order()] }
        : Tiers.Count == 1 ? this
        : this with { Tiers = [.. Tiers.Where(t => t != tier)] };

    public override string ToString() =>
        $"tiers {string.Join(", ", Tiers)}; {Functions}; extra {string.Join(", ", Extra)}; finite to {LastFinite}; {LateRows}";
}
