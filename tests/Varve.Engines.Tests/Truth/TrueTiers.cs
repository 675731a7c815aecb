using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Truth;

/// <summary>The tiers of a policy with their boundaries, and which one each is built from, decided by looking at each boundary.</summary>
public sealed class TrueTiers
{
    private readonly TrueGrid[] _grids;
    private readonly int[] _inputs;

    public TrueTiers(Policy policy, TimeRange span)
    {
        Policy = policy;
        _grids = [.. policy.Tiers.Select(t => TrueGrid.Of(t, policy))];
        _inputs = [.. _grids.Select((grid, i) => Enumerable.Range(0, i).LastOrDefault(f => _grids[f].HasAllOf(grid, span), -1))];
    }

    public Policy Policy { get; }

    public int Count => _grids.Length;

    public TrueGrid Grid(int tier) => _grids[tier];

    /// <summary>The tier that it is built from; -1 for the source.</summary>
    public int Input(int tier) => _inputs[tier];

    /// <summary>The first tier on the way from the source.</summary>
    public int First(int tier) => Input(tier) < 0 ? tier : First(Input(tier));

    /// <summary>The name behind the table's.</summary>
    public string Name(int tier) => Policy.Tiers[tier].Name ?? Policy.Tiers[tier].Every.Name;
}
