using NodaTime;

namespace Varve.Hosting;

/// <summary>How one scheduled policy stands in this application.</summary>
/// <param name="Policy">The policy or pattern.</param>
/// <param name="State">How its newest run ended.</param>
/// <param name="Next">When it runs next; null where its schedule has ended.</param>
/// <param name="Ran">When it ran last; null for never.</param>
/// <param name="Failures">How many runs failed one after the other.</param>
/// <param name="IsOverdue">True where nothing succeeded within <c>expect_within</c> of its schedule.</param>
/// <param name="Reason">Why it failed or waits; null where it does not.</param>
public sealed record VarveStanding(
    string Policy,
    VarveState State,
    Instant? Next,
    Instant? Ran,
    int Failures,
    bool IsOverdue,
    string? Reason
);
