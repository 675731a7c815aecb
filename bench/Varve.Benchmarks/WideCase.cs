using System.Globalization;
using NodaTime;
using Varve.DuckDb;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>
/// A table of hundreds of measures in the memory that is taken by default, which grows with the columns: its first roll-up,
/// verifying it, and removing its rows.
/// </summary>
internal sealed class WideCase(Options options)
{
    private const int Rows = 86_400;

    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 9, 0, 0);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        Directory.CreateDirectory(options.Folder);
        foreach (var measures in (int[])[40, 400])
        {
            var file = Path.Combine(options.Folder, "wide.duckdb");
            SmallFile.Remove(file);
            Script.Execute(
                file,
                $"CREATE TABLE raw AS SELECT TIMESTAMP '2025-01-01' + to_seconds((i // 10) * 10) AS ts, i % 10 AS host, {Columns(measures)} FROM range({Rows}) r(i); CHECKPOINT;"
            );
            await using (var database = DuckDbDatabase.Open(file))
            {
                var lifecycle = new Lifecycle(database);
                yield return await OfAsync(
                    "first roll-up",
                    measures,
                    async () =>
                    {
                        await lifecycle.ApplyAsync(PolicyYaml.Parse(Policy(measures, ""), "bench.yaml"));
                        return await SmallFile.RunAsync(lifecycle, s_asOf);
                    }
                );
                yield return await OfAsync("verify", measures, () => lifecycle.VerifyAsync(Selection.All));
                yield return await OfAsync(
                    "proof and removal",
                    measures,
                    async () =>
                    {
                        await lifecycle.ApplyAsync(PolicyYaml.Parse(Policy(measures, "keep: 7d\n"), "bench.yaml"));
                        return await SmallFile.RunAsync(lifecycle, s_asOf);
                    }
                );
            }

            SmallFile.Remove(file);
        }
    }

    private static async Task<Figure> OfAsync<T>(string name, int measures, Func<Task<T>> work) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}, {measures} measures"))
        {
            Seconds = await SmallFile.SecondsAsync(work),
            Rows = Rows,
            PeakBytes = Measured.Peak(),
        };

    private static string Columns(int measures) =>
        string.Join(
            ", ",
            Enumerable
                .Range(0, measures)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"CAST(hash(i + {i}) % 100003 AS DOUBLE) / 7 AS m{i}"))
        );

    private static string Policy(int measures, string keep) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"policy: raw\ntable: raw\ntime: ts\nseries: [host]\nmeasures:\n{string.Concat(Enumerable.Range(0, measures).Select(i => string.Create(CultureInfo.InvariantCulture, $"  m{i}: [avg, min, max]\n")))}{keep}tiers: [{{ every: 1m }}, {{ every: 1h }}, {{ every: 1d }}]\n"
        );
}
