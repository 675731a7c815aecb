using Varve.Importing;

namespace Varve.Contracts;

/// <summary>What another tool's configuration became: policies, and what has no counterpart.</summary>
internal sealed record ImportShape(IReadOnlyList<InitPolicy> Policies, IReadOnlyList<string> Left)
{
    /// <param name="imported">What came of it.</param>
    /// <param name="files">Where each policy was written; fewer than there are policies where none was.</param>
    internal static ImportShape Of(ImportResult imported, IReadOnlyList<string> files) =>
        new(
            [.. imported.Policies.Select((p, i) => new InitPolicy(p.Name, p.Table.Text, i < files.Count ? files[i] : null, p.Yaml))],
            imported.Left
        );
}
