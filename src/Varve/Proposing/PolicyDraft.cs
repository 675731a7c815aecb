using Varve.Policies;

namespace Varve.Proposing;

/// <summary>What a person decided before a policy is proposed.</summary>
public sealed record ProposalChoices
{
    /// <summary>The time column, or <c>column:unit</c> with s, ms, us or ns for an integer; null: the only one that can be.</summary>
    public string? Time { get; init; }

    /// <summary>The series columns; empty says "one series", null: what the rows say.</summary>
    public IReadOnlyList<string>? Series { get; init; }

    /// <summary>How long rows stay, and nothing else: no tier is proposed; null: tiers are proposed.</summary>
    public Time.Keep? Ttl { get; init; }

    /// <summary>Where rows are archived before they go; null: nowhere. Only with <see cref="Ttl"/>.</summary>
    public string? Archive { get; init; }
}

/// <summary>
/// A policy as a first proposal: a text to read and to change, with what was seen for each line. It passes <c>check</c> as it
/// is.
/// </summary>
/// <param name="Policy">The name of the policy.</param>
/// <param name="Table">The table.</param>
/// <param name="Yaml">The text of the file.</param>
public sealed record PolicyDraft(string Policy, TableName Table, string Yaml);

/// <summary>What became of one table.</summary>
/// <param name="Table">Which.</param>
/// <param name="Draft">The proposal; null where there is none.</param>
/// <param name="Obstacle">Why there is none; null where there is one.</param>
public sealed record ProposalOutcome(TableName Table, PolicyDraft? Draft, Problem? Obstacle);
