namespace Varve.Server.Tests;

/// <summary>What a home is kept in.</summary>
public enum HomeKind
{
    DuckDb,

    PostgreSql,

    /// <summary>The cluster that VARVE_TEST_CRATEDB names; without one, the stand-in that executes statements.</summary>
    CrateDb,
}
