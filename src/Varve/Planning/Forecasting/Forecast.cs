using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// Rows and bytes of what a policy keeps, from now on: as they will be if rows keep coming as they did in a recent window
/// and the policy is run all the time. Only the first point is measured.
/// </summary>
public sealed record Forecast
{
    /// <summary>The policy.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Its revision; 0 where it is not stored.</summary>
    public required int Revision { get; init; }

    /// <summary>From when on.</summary>
    public required Instant AsOf { get; init; }

    /// <summary>Up to when.</summary>
    public required Instant Until { get; init; }

    /// <summary>Source first, then the tiers, finest first, then those that are retired.</summary>
    public required IReadOnlyList<RelationForecast> Relations { get; init; }

    /// <summary>All relations together, archives left out.</summary>
    public required IReadOnlyList<ForecastPoint> Total { get; init; }

    /// <summary>What will have been written to the archive; null where the policy does not archive.</summary>
    public required ArchiveForecast? Archive { get; init; }

    /// <summary>What was taken for granted, and what a person should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The point with the most bytes: what a file must hold whose blocks are reused and not given back.</summary>
    public ForecastPoint Peak => Total.MaxBy(p => p.Bytes)!;
}

/// <summary>One relation of a forecast.</summary>
/// <param name="Relation"><see cref="RelationId.Source"/> or tier id.</param>
/// <param name="Table">The relation that people read.</param>
/// <param name="Keep">How long its rows stay; null for a tier that is retired.</param>
public sealed record RelationForecast(RelationId Relation, TableName Table, Keep? Keep)
{
    /// <summary>What was measured, and how.</summary>
    public required ForecastRate Rate { get; init; }

    /// <summary>In the order of time; the first one as it stands now.</summary>
    public required IReadOnlyList<ForecastPoint> Points { get; init; }

    /// <summary>
    /// From when on as many rows go as come, be it after the end of the forecast; null where rows are kept for ever and come.
    /// </summary>
    public required Instant? SteadyFrom { get; init; }

    /// <summary>True for a tier that has no table yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>True for a tier that the policy no longer has: it is not built and does not expire.</summary>
    public bool IsRetired => Keep is null;
}

/// <summary>Rows and bytes at one instant.</summary>
/// <param name="At">When.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Bytes.</param>
/// <param name="IsStep">True for those that a table shows; the others are for a chart.</param>
public sealed record ForecastPoint(Instant At, long Rows, long Bytes, bool IsStep);

/// <summary>How a relation grows.</summary>
/// <param name="RowsPerDay">Rows that come in a day.</param>
/// <param name="RowsPerBucket">Rows of a bucket, about as many as there are series; null for the source.</param>
/// <param name="Basis">How that is known.</param>
/// <param name="Window">Where it was counted; null where nothing was.</param>
/// <param name="BytesPerRow">Bytes of one more row.</param>
/// <param name="BytesBasis">How that is known.</param>
/// <param name="BytesLike">The tier that bytes were measured at, of <see cref="ForecastBytes.Comparable"/>; else null.</param>
public sealed record ForecastRate(
    double RowsPerDay,
    double? RowsPerBucket,
    ForecastRows Basis,
    TimeRange? Window,
    double BytesPerRow,
    ForecastBytes BytesBasis,
    RelationId? BytesLike
);

/// <summary>How the rows of a relation are known.</summary>
public enum ForecastRows
{
    /// <summary>Counted in it.</summary>
    Measured,

    /// <summary>A tier without rows: buckets and series were counted in the source.</summary>
    CountedInSource,

    /// <summary>There was nothing to count.</summary>
    Nothing,
}

/// <summary>How the bytes of a row are known.</summary>
public enum ForecastBytes
{
    /// <summary>Bytes by rows of the relation.</summary>
    Measured,

    /// <summary>As another tier of the policy, which has the same columns.</summary>
    Comparable,

    /// <summary>By the types of its columns, without compression: the relation is too small to measure.</summary>
    Types,
}

/// <summary>What an archive will hold.</summary>
/// <param name="Location">The location by its name.</param>
/// <param name="Points">Rows and bytes, at the instants of the relations; bytes are 0 where no part was written yet.</param>
public sealed record ArchiveForecast(string Location, IReadOnlyList<ForecastPoint> Points);

/// <summary>The forecast of a policy as it is stored and, where a file says something else, as it would be.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Stored">As it is stored; null where it is not, or no longer fits its table.</param>
/// <param name="Changed">As the file says; null without a file, and where it says what is stored.</param>
public sealed record PolicyForecast(string Policy, Forecast? Stored, Forecast? Changed)
{
    /// <summary>Why there is none: the table is no longer as the policy says; null where there is one.</summary>
    public Problem? Failure { get; init; }
}

/// <summary>How a forecast is made.</summary>
public sealed record ForecastOptions
{
    private static readonly Duration s_least = Duration.FromDays(1);
    private static readonly Duration s_most = Duration.FromDays(36_600);

    /// <summary>From when on; null: the clock.</summary>
    public Instant? AsOf { get; init; }

    /// <summary>How far; from a day to a hundred years. Default: 2y.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less or more.</exception>
    public Keep Ahead
    {
        get;
        init =>
            field = IsPossible(value)
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value?.Text, "A forecast looks a day to a hundred years ahead.");
    } = Keep.Parse("2y");

    /// <summary>Whether a forecast can look so far.</summary>
    public static bool IsPossible(Keep ahead) => ahead is { IsForever: false } && ahead.Shortest >= s_least && ahead.Longest <= s_most;
}
