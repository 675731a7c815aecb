using Varve.Policies;

namespace Varve.Importing;

/// <summary>A policy that was made from another tool's configuration.</summary>
/// <param name="Name">The policy's name.</param>
/// <param name="Table">The table that it is about.</param>
/// <param name="Yaml">The file: the policy, with a comment for everything that changes in meaning.</param>
public sealed record ImportedPolicy(string Name, TableName Table, string Yaml);

/// <summary>What came of another tool's configuration.</summary>
/// <param name="Policies">The policies, in the order of what was read.</param>
/// <param name="Left">What has no counterpart, and what to do about it: a sentence each.</param>
public sealed record ImportResult(IReadOnlyList<ImportedPolicy> Policies, IReadOnlyList<string> Left);

/// <summary>The codes of what is wrong with what should be imported.</summary>
public static class ImportCodes
{
    /// <summary>It cannot be read: another format, or not what the tool writes.</summary>
    public const string Unreadable = "VRV175";

    /// <summary>The tool does not say something that a policy needs, and neither does the command.</summary>
    public const string Unsaid = "VRV176";
}
