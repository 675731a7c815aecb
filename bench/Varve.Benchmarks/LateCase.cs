using System.Globalization;
using NodaTime;
using Varve.DuckDb;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>Following late rows that lie scattered over 200 days of 3 M rows, beside building all of it.</summary>
internal sealed class LateCase(Options options)
{
    private const string Policy =
        "table: raw\ntime: ts\nseries: [sensor_id]\nmeasures: { value: [avg, min, max] }\nrecheck: 200d\ntiers: [{ every: 1h }, { every: 1d }]\n";

    private static readonly Instant s_asOf = Instant.FromUtc(2025, 7, 20, 0, 0);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        int[] late = [1, 100, 10_000];
        var whole = double.MaxValue;
        var least = late.ToDictionary(n => n, _ => double.MaxValue);
        Directory.CreateDirectory(options.Folder);
        var file = Path.Combine(options.Folder, "late.duckdb");
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var count in late)
            {
                SmallFile.Remove(file);
                Script.Execute(
                    file,
                    """
                    CREATE TABLE raw AS SELECT TIMESTAMP '2025-01-01' + to_seconds((i // 50) * 288) AS ts, i % 50 AS sensor_id, CAST(i * 7919 % 1021 AS DOUBLE) AS value FROM range(3000000) t(i);
                    CHECKPOINT;
                    """
                );
                whole = Math.Min(whole, await RunAsync(file));
                Script.Execute(
                    file,
                    $"INSERT INTO raw SELECT TIMESTAMP '2025-01-01' + to_seconds(i * 17280000 // {count.ToString(CultureInfo.InvariantCulture)} + 1), i % 50, 0.5 FROM range({count.ToString(CultureInfo.InvariantCulture)}) t(i); CHECKPOINT;"
                );
                least[count] = Math.Min(least[count], await RunAsync(file));
            }
        }

        SmallFile.Remove(file);
        yield return new("late, first roll-up of everything") { Seconds = whole, Rows = 3_000_000 };
        foreach (var count in late)
            yield return new(string.Create(CultureInfo.InvariantCulture, $"late, {count:N0} scattered rows"))
            {
                Seconds = least[count],
                BaselineSeconds = whole,
                Rows = count,
            };
    }

    private static async Task<double> RunAsync(string file)
    {
        await using var database = DuckDbDatabase.Open(file);
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(PolicyYaml.Parse(Policy, "bench.yaml"));
        return await SmallFile.SecondsAsync(() => SmallFile.RunAsync(lifecycle, s_asOf));
    }
}
