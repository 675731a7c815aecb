namespace Varve.Cli.Json;

/// <summary>Repositories of a cluster.</summary>
internal sealed record RepositoryListShape(IReadOnlyList<RepositoryShape> Repositories);

/// <summary>One of them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Settings">Its settings, without secrets.</param>
internal sealed record RepositoryShape(string Name, string Type, IReadOnlyDictionary<string, string> Settings);
