namespace Varve.Planning;

/// <summary>
/// What rows of a relation take. A small relation takes whole blocks, however few rows they hold: what it takes beyond
/// its rows is counted once, not with each row, and a tier that takes less for a row tells more about the others.
/// </summary>
/// <param name="PerRow">Bytes of one more row.</param>
/// <param name="Beyond">Bytes that it takes besides.</param>
/// <param name="Basis">How that is known.</param>
/// <param name="Like">The tier that it was measured at, of <see cref="ForecastBytes.Comparable"/>; else null.</param>
internal sealed record RowBytes(double PerRow, double Beyond, ForecastBytes Basis, RelationId? Like = null)
{
    // Below it the blocks of a relation say more about the engine than about its rows.
    private const long Telling = 4 << 20;

    public double Of(double rows) => Beyond + (rows * PerRow);

    /// <summary>The source.</summary>
    public static RowBytes OfSource(PolicyLayout blueprint, TableState state) =>
        Measured(state.Rows, state.Bytes, blueprint.Columns.Sum(c => Width(c.Type)));

    /// <summary>A tier: measured, else as the tier of the policy that takes least for a row, else as the types of its columns.</summary>
    public static RowBytes OfTier(PolicyLayout blueprint, TableState state, TierLayout tier)
    {
        var size = state.Tiers.GetValueOrDefault(tier.Id) ?? new(0, 0, null);
        var own = Measured(size.Rows, size.Bytes, Types(blueprint, tier));
        if (own.Basis == ForecastBytes.Measured && size.Bytes >= Telling)
            return own;
        var least = (
            from other in blueprint.Tiers.Concat(blueprint.Retired)
            let seen = state.Tiers.GetValueOrDefault(other.Id)
            where other.Id != tier.Id && seen is { Rows: > 0 }
            let measured = Measured(seen.Rows, seen.Bytes, Types(blueprint, other))
            where measured.Basis == ForecastBytes.Measured && measured.PerRow < own.PerRow
            orderby measured.PerRow
            select (other.Id, measured.PerRow)
        ).FirstOrDefault();
        return least.Id is null
            ? own
            : new(least.PerRow, Math.Max(0, size.Bytes - (size.Rows * least.PerRow)), ForecastBytes.Comparable, least.Id);
    }

    private static RowBytes Measured(long rows, long bytes, double types)
    {
        if (rows > 0 && bytes > 0 && (bytes >= Telling || bytes <= rows * types))
            return new((double)bytes / rows, 0, ForecastBytes.Measured);
        return new(types, Math.Max(0, bytes - (rows * types)), ForecastBytes.Types);
    }

    private static double Types(PolicyLayout blueprint, TierLayout tier) =>
        Width(blueprint.Time.Type)
        + blueprint.Series.Sum(c => Width(c.Type))
        + (tier.Grid.Width is Time.Width.Calendar ? 24 : 16)
        + blueprint.Measures.Sum(m => m.States.Sum(state => Width(m.Column.Type, state)));

    private static double Width(ColumnType type, string state) =>
        state switch
        {
            "min" or "max" or "first" or "last" => Width(type),
            "sum" when type is not ColumnType.Float => 16,
            _ => 8,
        };

    // Values without compression; text as it usually is.
    private static double Width(ColumnType type) =>
        type switch
        {
            ColumnType.Bool => 1,
            ColumnType.Date => 4,
            ColumnType.Integer or ColumnType.Float or ColumnType.Timestamp or ColumnType.TimestampTz => 8,
            ColumnType.Nested => 32,
            _ => 16,
        };
}
