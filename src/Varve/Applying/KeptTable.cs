using Varve.Policies;

namespace Varve.Applying;

/// <summary>A table of the database.</summary>
/// <param name="Table">With its schema.</param>
/// <param name="Policy">The policy that keeps it, or the pattern for which the next run takes it up; null for none.</param>
public sealed record KeptTable(TableName Table, string? Policy);
