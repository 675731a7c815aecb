using System.Globalization;
using System.Text;
using NodaTime;
using Varve.DuckDb;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>Many small tables, each with a policy: a run with nothing to do, status, and doctor.</summary>
internal sealed class ManyCase(Options options)
{
    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 4, 0, 0);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        Directory.CreateDirectory(options.Folder);
        foreach (var tables in (int[])[30, 120, 300])
        {
            var file = Path.Combine(options.Folder, "many.duckdb");
            SmallFile.Remove(file);
            Make(file, tables);
            await using (var database = DuckDbDatabase.Open(file))
            {
                var lifecycle = new Lifecycle(database);
                await lifecycle.ApplyAsync(PolicyYaml.Parse(Policies(tables), "bench.yaml"));
                await SmallFile.RunAsync(lifecycle, s_asOf);
                var (noop, status, doctor) = (double.MaxValue, double.MaxValue, double.MaxValue);
                for (var round = 0; round < options.Rounds; round++)
                {
                    noop = Math.Min(noop, await SmallFile.SecondsAsync(() => SmallFile.RunAsync(lifecycle, s_asOf)));
                    status = Math.Min(status, await SmallFile.SecondsAsync(() => lifecycle.StatusAsync(Selection.All, s_asOf)));
                    doctor = Math.Min(doctor, await SmallFile.SecondsAsync(() => lifecycle.DiagnoseAsync()));
                }

                yield return Of("nothing to do", tables, noop);
                yield return Of("status", tables, status);
                yield return Of("doctor", tables, doctor);
            }

            SmallFile.Remove(file);
        }
    }

    private static Figure Of(string name, int tables, double seconds) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}, {tables} tables")) { Seconds = seconds, Rows = tables };

    public static void Make(string file, int tables)
    {
        var script = new StringBuilder();
        for (var i = 0; i < tables; i++)
            script.Append(
                CultureInfo.InvariantCulture,
                $"CREATE TABLE t{i} AS SELECT TIMESTAMP '2025-01-01' + to_minutes(j * 10) AS ts, 'h' AS host, CAST(j AS DOUBLE) AS v FROM range(432) r(j);"
            );
        Script.Execute(file, script.ToString());
    }

    public static string Policies(int tables) =>
        string.Join(
            "---\n",
            Enumerable
                .Range(0, tables)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"policy: t{i}\ntable: t{i}\ntime: ts\nseries: [host]\nmeasures: {{ v: [avg] }}\ntiers: [{{ every: 1h }}, {{ every: 1d }}]\n"
                    )
                )
        );
}
