namespace Varve.DuckDb;

/// <summary>How a DuckDB file is opened.</summary>
public sealed record DuckDbOptions
{
    /// <summary>
    /// What Varve gives DuckDB unless told otherwise: with .NET around it a roll-up of a day of a busy table stays
    /// below 1 GiB of memory, and it is hardly slower than without a limit.
    /// </summary>
    public const string DefaultMemoryLimit = "576MB";

    /// <summary>True: nothing is written, and other processes may read the file at the same time.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>True: a file that is missing is created. Default: it is an error.</summary>
    public bool Create { get; init; }

    /// <summary>
    /// How much memory DuckDB may use, as it writes it: <c>640MB</c>, <c>2GiB</c>. Default: <see cref="DefaultMemoryLimit"/>,
    /// and what tiers of hundreds of columns take, up to half of what the process may use.
    /// </summary>
    public string MemoryLimit { get; init; } = DefaultMemoryLimit;

    /// <summary>How many threads it may use; null: as many as there are processors.</summary>
    public int? Threads { get; init; }
}
