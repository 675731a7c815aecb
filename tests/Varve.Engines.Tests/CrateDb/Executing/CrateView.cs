namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A view: its query, in which tables are looked up anew each time.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Text">The query as it was written.</param>
/// <param name="Query">The same, read.</param>
/// <param name="DefaultSchema">The schema of the session that made it.</param>
internal sealed record CrateView(string Schema, string Name, string Text, IReadOnlyList<Node> Query, string DefaultSchema);
