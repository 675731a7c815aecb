using Varve.Policies;

namespace Varve.Maintenance;

/// <summary>What became of the views of one policy.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Views">Those that were made again, or taken away.</param>
/// <param name="IsLeft">True where the next run has to make them, because a run has not brought their revision yet.</param>
public sealed record ViewsReport(string Policy, IReadOnlyList<TableName> Views, bool IsLeft)
{
    /// <summary>Why this policy could not be looked after; null where it was.</summary>
    public Problem? Failure { get; init; }
}
