using System.Globalization;
using DuckDB.NET.Data;
using NodaTime;
using Varve.DuckDb;

namespace Varve.Benchmarks;

/// <summary>
/// Hand-written SQL, from <c>bench/sql</c>: what stands above the line <c>-- each day</c> is run once, what stands below
/// it once for every day, with <c>{from}</c> and <c>{to}</c> as timestamps and <c>{us}</c> as microseconds since 1970.
/// </summary>
internal static class Script
{
    private const string EachDay = "-- each day";

    /// <summary>
    /// A script with its <c>name=value</c>s filled in, and closing the file. A query whose only column is <c>must_be_zero</c>
    /// must give zero.
    /// </summary>
    public static Measured Run(string file, string name, int from, int to, params IReadOnlyList<string> values)
    {
        var text = values
            .Select(v => v.Split('='))
            .Aggregate(
                File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sql", name)),
                (all, v) => all.Replace($"{{{v[0]}}}", v[1], StringComparison.Ordinal)
            );
        var parts = text.Split(EachDay);
        var connection = Open(file);
        var watch = new Watched();
        var rows = Execute(connection, parts[0]);
        for (var day = from; day < to && parts.Length > 1; day++)
            rows += Execute(connection, Filled(parts[1], Data.Day(day), Data.Day(day + 1)));
        connection.Dispose();
        return watch.Measured(rows, []);
    }

    /// <summary>A script over one range, with a folder that is there.</summary>
    public static Measured RunOver(string file, string name, int from, int to)
    {
        Directory.CreateDirectory(Product.Cold(file));
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sql", name))
            .Replace("{folder}", Product.Cold(file).Replace("'", "''", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{from}", Timestamp(Data.Day(from)), StringComparison.Ordinal)
            .Replace("{to}", Timestamp(Data.Day(to)), StringComparison.Ordinal);
        var connection = Open(file);
        var watch = new Watched();
        var rows = Execute(connection, text);
        connection.Dispose();
        return watch.Measured(rows, []);
    }

    /// <summary>Rows of some tiers that differ between two files.</summary>
    public static Measured Differences(string file, string other, IReadOnlyList<string> tiers)
    {
        using var connection = Open(file);

        // This is not measured.
        Execute(connection, "SET memory_limit = '12GB'");
        Execute(connection, $"ATTACH '{other.Replace("'", "''", StringComparison.Ordinal)}' AS other (READ_ONLY)");
        var rows = 0L;
        foreach (var tier in tiers)
        {
            using var command = connection.CreateCommand();
            var near = "* REPLACE (round(value_sum, 6) AS value_sum)";
            command.CommandText =
                $"SELECT count(*) FROM ((SELECT {near} FROM raw_{tier}_states EXCEPT SELECT {near} FROM other.raw_{tier}_states) UNION ALL (SELECT {near} FROM other.raw_{tier}_states EXCEPT SELECT {near} FROM raw_{tier}_states))";
            rows += Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }

        return new(0, 0, Measured.Peak(), rows, []);
    }

    public static void Execute(string file, string script)
    {
        using var connection = Open(file);
        Execute(connection, script);
    }

    public static string Timestamp(Instant at) => $"TIMESTAMP '{at.ToString("uuuu-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}'";

    private static string Filled(string script, Instant from, Instant to) =>
        script
            .Replace("{from}", Timestamp(from), StringComparison.Ordinal)
            .Replace("{to}", Timestamp(to), StringComparison.Ordinal)
            .Replace("{us}", (from.ToUnixTimeTicks() / 10).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static DuckDBConnection Open(string file)
    {
        var connection = new DuckDBConnection($"Data Source={file};memory_limit={DuckDbOptions.DefaultMemoryLimit}");
        connection.Open();
        return connection;
    }

    private static long Execute(DuckDBConnection connection, string script)
    {
        if (script.Split('\n').All(line => string.IsNullOrWhiteSpace(line) || line.StartsWith("--", StringComparison.Ordinal)))
            return 0;
        using var command = connection.CreateCommand();
        command.CommandText = script;
        using var reader = command.ExecuteReader();
        do
        {
            while (reader.FieldCount == 1 && reader.GetName(0) == "must_be_zero" && reader.Read())
                if (Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture) != 0)
                    throw new InvalidOperationException("The hand-written proof found differences.");
        } while (reader.NextResult());
        return Math.Max(0, reader.RecordsAffected);
    }
}
