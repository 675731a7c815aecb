namespace Varve.Server.Tests;

/// <summary>What a home is kept in.</summary>
public enum HomeKind
{
    DuckDb,

    PostgreSql,
}
