namespace Varve.Cli.Json;

/// <summary>What <c>version --output json</c> prints.</summary>
/// <param name="Varve">The version of Varve.</param>
/// <param name="DuckDb">The version of DuckDB that is inside.</param>
/// <param name="Runtime">The version of .NET that it runs on.</param>
/// <param name="ZoneData">The version of the time zone data.</param>
/// <param name="Platform">Operating system and processor.</param>
internal sealed record VersionShape(string Varve, string DuckDb, string Runtime, string ZoneData, string Platform);
