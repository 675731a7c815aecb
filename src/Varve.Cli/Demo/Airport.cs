using DuckDB.NET.Data;

namespace Varve.Cli.Demo;

/// <summary>What a user does without Varve: makes tables and writes rows, in plain SQL.</summary>
internal static class Airport
{
    internal static async Task LoadAsync(Folder folder, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(folder, cancellation);
        await RunAsync(
            connection,
            "CREATE TABLE flights (time TIMESTAMP, carrier VARCHAR, origin VARCHAR, dest VARCHAR, dep_delay DOUBLE, arr_delay DOUBLE, air_time DOUBLE, distance DOUBLE)",
            null,
            cancellation
        );
        await RunAsync(
            connection,
            "INSERT INTO flights SELECT time, carrier, origin, dest, dep_delay, arr_delay, air_time, distance FROM read_parquet($1) ORDER BY time",
            Folder.Sample("flights.parquet"),
            cancellation
        );
        await RunAsync(
            connection,
            "CREATE TABLE weather (time TIMESTAMP, origin VARCHAR, temp DOUBLE, dewp DOUBLE, humid DOUBLE, wind_dir DOUBLE, wind_speed DOUBLE, wind_gust DOUBLE, precip DOUBLE, pressure DOUBLE, visib DOUBLE)",
            null,
            cancellation
        );
        await RunAsync(
            connection,
            "INSERT INTO weather SELECT time, origin, temp, dewp, humid, wind_dir, wind_speed, wind_gust, precip, pressure, visib FROM read_parquet($1) ORDER BY time",
            Folder.Sample("weather.parquet"),
            cancellation
        );
    }

    /// <summary>Three departures of one evening that were reported two days late.</summary>
    internal static async Task LateAsync(Folder folder, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(folder, cancellation);
        await RunAsync(
            connection,
            """
            INSERT INTO flights VALUES
                ('2013-12-30 21:05:00', 'UA', 'EWR', 'IAH', 181, 174, 201, 1400),
                ('2013-12-30 21:20:00', 'UA', 'EWR', 'ORD', 95, 102, 118, 719),
                ('2013-12-30 22:15:00', 'DL', 'JFK', 'ATL', 44, 39, 109, 760)
            """,
            null,
            cancellation
        );
    }

    /// <summary>The year as if it ended today.</summary>
    internal static async Task MoveAsync(Folder folder, NodaTime.Instant now, CancellationToken cancellation)
    {
        var days = (now - NodaTime.Instant.FromUtc(2014, 1, 1, 0, 0)).Days.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using var connection = await OpenAsync(folder, cancellation);
        await RunAsync(connection, "UPDATE flights SET time = time + to_days($1::INTEGER)", days, cancellation);
        await RunAsync(connection, "UPDATE weather SET time = time + to_days($1::INTEGER)", days, cancellation);
    }

    private static async Task<DuckDBConnection> OpenAsync(Folder folder, CancellationToken cancellation)
    {
        var connection = new DuckDBConnection($"Data Source={folder.Database}");
        await connection.OpenAsync(cancellation);
        return connection;
    }

    private static async Task RunAsync(DuckDBConnection connection, string sql, string? file, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (file is not null)
            command.Parameters.Add(new DuckDBParameter(file));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
