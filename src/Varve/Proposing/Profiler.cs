using System.Globalization;
using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>Looks at a table in a few bounded reads: a sample of all of it, and the rows of one stretch of time near its end.</summary>
internal sealed class Profiler(Dialect dialect, IStatements statements, TableDescription table, long rows)
{
    private const long Wanted = 200_000;

    // The distinct values of a column are held in memory while they are counted: of so many columns they fit.
    private const int AtOnce = 24;

    public async Task<TableProfile> LookAsync(CancellationToken cancellationToken)
    {
        var key = await statements.QueryAsync(ProfileSql.Key(table.Table), cancellationToken);
        var plain = table.Columns.Where(c => c.Type is not ColumnType.Nested).ToList();
        var sampled = 0L;
        Dictionary<string, ColumnProfile> seen = [];
        foreach (var some in plain.Chunk(AtOnce))
        {
            var facts = (await statements.QueryAsync(ProfileSql.Columns(dialect, table.Table, some, rows, Wanted), cancellationToken))[0];
            sampled = Math.Max(sampled, facts.Long(0));
            for (var i = 0; i < some.Length; i++)
                seen[some[i].Name] = new(
                    some[i],
                    facts.Long(1 + (4 * i)),
                    facts.LongOrNull(2 + (4 * i)),
                    Real(facts, 3 + (4 * i)),
                    Real(facts, 4 + (4 * i))
                );
        }

        return new(
            table,
            rows,
            sampled,
            [.. key.Select(r => r.Text(0))],
            [.. table.Columns.Select(c => seen.GetValueOrDefault(c.Name, new(c, 0, null, null, null)))]
        );
    }

    /// <summary>
    /// The extent of the rows up to an instant, and the stretch of time at its end that has about as many as are looked at.
    /// </summary>
    public async Task<(TimeRange? Extent, TimeRange? Window)> StretchAsync(
        TimeColumn time,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        var past = RangeSet.Of(TimeRange.Before(now + Duration.FromDays(1)));
        var row = (await statements.QueryAsync(RowsSql.Ends(dialect, time, table.Table, past), cancellationToken))[0];
        if (row.LongOrNull(0) is not { } least || row.LongOrNull(1) is not { } greatest)
            return (null, null);
        var (first, end) = (Micros.ToInstant(least), Micros.ToInstant(greatest) + Duration.FromMilliseconds(0.001));
        var length = rows <= Wanted ? end - first : (end - first) * ((double)Wanted / rows);
        return (new(first, end), new(Instant.Max(first, end - length), end));
    }

    public async Task<Neighbours> NeighboursAsync(
        TimeColumn time,
        TimeRange window,
        string column,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var row = (
            await statements.QueryAsync(
                ProfileSql.Neighbours(dialect, table.Table, time, window, column, others, 2 * Wanted),
                cancellationToken
            )
        )[0];
        return new(row.Long(0), row.Long(1), row.Long(2), row.Long(3));
    }

    /// <summary>How numbers move from one row of a series to its next one, in the order in which they were asked for.</summary>
    public async Task<IReadOnlyList<Moves>> MovesAsync(
        TimeColumn time,
        TimeRange window,
        IReadOnlyList<string> numbers,
        IReadOnlyList<string> series,
        CancellationToken cancellationToken
    )
    {
        List<Moves> moves = [];
        foreach (var some in numbers.Chunk(AtOnce))
        {
            var row = (
                await statements.QueryAsync(
                    ProfileSql.Moves(dialect, table.Table, time, window, some, series, 2 * Wanted),
                    cancellationToken
                )
            )[0];
            moves.AddRange(
                some.Select(
                    (_, i) =>
                        new Moves(
                            row.Long(5 * i),
                            row.Long((5 * i) + 1),
                            row.Long((5 * i) + 2),
                            row.Long((5 * i) + 3),
                            row.Truth((5 * i) + 4)
                        )
                )
            );
        }

        return moves;
    }

    /// <summary>Rows that share instant and series with another one.</summary>
    public async Task<long> TiesAsync(
        TimeColumn time,
        TimeRange window,
        IReadOnlyList<string> series,
        CancellationToken cancellationToken
    ) =>
        (await statements.QueryAsync(ProfileSql.Ties(dialect, table.Table, time, window, series, 2 * Wanted), cancellationToken))[0]
            .Long(1);

    public async Task<Pace?> PaceAsync(TimeColumn time, TimeRange window, IReadOnlyList<string> series, CancellationToken cancellationToken)
    {
        var row = (await statements.QueryAsync(ProfileSql.Pace(dialect, table.Table, time, window, series, 2 * Wanted), cancellationToken))[
            0
        ];
        return row.Long(0) == 0 ? null : new(row.Long(0), Length(row, 1), Length(row, 2), Length(row, 3));
    }

    private static Duration Length(Row row, int column) => Duration.FromNanoseconds(row.Long(column) * 1_000d);

    private static double? Real(Row row, int column) =>
        row.IsNull(column) ? null : Convert.ToDouble(row[column], CultureInfo.InvariantCulture);
}
