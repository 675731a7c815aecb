namespace Varve.Planning;

/// <summary>A tool that looks after the parts of a table, beside Varve.</summary>
/// <param name="Name">As people call it: TimescaleDB, pg_partman.</param>
/// <param name="Retention">How long it keeps parts before it drops them, as it says it itself; null where it drops none, or that is not seen.</param>
public sealed record TableKeeper(string Name, string? Retention)
{
    /// <summary>The one whose parts are no partitions of the server.</summary>
    public const string Timescale = "TimescaleDB";

    /// <summary>The one that makes and drops partitions of the server.</summary>
    public const string Partman = "pg_partman";
}
