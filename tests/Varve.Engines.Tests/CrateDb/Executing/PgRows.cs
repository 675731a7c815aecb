namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Rows of PostgreSQL, every value as text.</summary>
/// <param name="Columns">Names with the names of their types.</param>
/// <param name="Rows">The values.</param>
internal sealed record PgRows(IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyList<string?[]> Rows);
