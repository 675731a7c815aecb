using System.Globalization;
using DuckDB.NET.Data;
using NodaTime;

namespace Varve.Benchmarks;

/// <summary>
/// The data: series of one value every 10 s for some days, in the order of time; a value of 1,000 is NaN, infinite or NULL,
/// so that the rules for them matter to what is compared. Files are made once and copied for each measurement.
/// </summary>
internal sealed class Data(Options options)
{
    private const int RowsPerDay = 8_640;

    public static readonly Instant Start = Instant.FromUtc(2025, 1, 1, 0, 0);

    public int Days => options.Days;

    public long Series => Math.Max(1, options.Rows / (Days * RowsPerDay));

    public long Rows => Series * Days * RowsPerDay;

    public static Instant Day(int number) => Start + Duration.FromDays(number);

    /// <summary>The file with the source, made where it is missing.</summary>
    public Task<string> SourceAsync() =>
        MadeAsync("source", async file => await Fresh.RunAsync("data", file, Text(Series), Text(Days * RowsPerDay)));

    /// <summary>The file with the source rolled up by Varve, made where it is missing.</summary>
    public Task<string> RolledAsync() =>
        MadeAsync(
            "rolled",
            async file =>
            {
                File.Copy(await SourceAsync(), file);
                await Fresh.RunAsync("run", file, PolicyTexts.Cascade("smallest"), Text(Days));
            }
        );

    /// <summary>A copy to be changed, written out to disk so that nobody pays for it later.</summary>
    public string Copy(string file, string name)
    {
        var copy = Path.Combine(options.Folder, $"{name}.duckdb");
        Remove(copy);
        File.Copy(file, copy);
        using var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
        return copy;
    }

    /// <summary>A file and what stands beside it.</summary>
    public static void Remove(string file)
    {
        File.Delete(file);
        File.Delete(file + ".wal");
    }

    /// <summary>In the worker: writes the source.</summary>
    public static void Make(string file, long series, long steps)
    {
        using var connection = new DuckDBConnection($"Data Source={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            CREATE TABLE raw (ts TIMESTAMP, sensor_id INTEGER, value DOUBLE);
            INSERT INTO raw
            SELECT make_timestamp({Start.ToUnixTimeTicks() / 10} + (i // {series}) * 10000000), i % {series},
                   CASE hash(i + 7) % 4000 WHEN 0 THEN 'NaN'::DOUBLE WHEN 1 THEN 'Infinity'::DOUBLE WHEN 2 THEN '-Infinity'::DOUBLE WHEN 3 THEN NULL
                        ELSE round(20 + 10 * sin(i // {series} / 500.0 + i % {series}) + hash(i) % 100000 / 12345.0, 4) END
            FROM range({series * steps}) t(i);
            CHECKPOINT;
            """
        );
        command.ExecuteNonQuery();
    }

    private async Task<string> MadeAsync(string name, Func<string, Task> make)
    {
        Directory.CreateDirectory(options.Folder);
        var file = Path.Combine(options.Folder, $"{name}-{Text(Series)}x{Text(Days)}d.duckdb");
        if (File.Exists(file))
            return file;
        var half = file + ".half";
        Remove(half);
        await make(half);
        File.Move(half, file);
        return file;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
