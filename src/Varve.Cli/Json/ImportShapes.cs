namespace Varve.Cli.Json;

/// <summary>What <c>varve import</c> made.</summary>
internal sealed record ImportShape(IReadOnlyList<InitPolicy> Policies, IReadOnlyList<string> Left);
