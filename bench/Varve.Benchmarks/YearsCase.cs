using System.Globalization;
using NodaTime;
using Varve.DuckDb;
using Varve.Policies;
using Varve.Reading;

namespace Varve.Benchmarks;

/// <summary>Days of a zone over decades and centuries: verifying them, and reading them by months. A row a day.</summary>
internal sealed class YearsCase(Options options)
{
    private const string Policy =
        "policy: raw\ntable: raw\ntime: ts\nseries: [sensor_id]\nmeasures: { value: [avg, min, max] }\nzone: Europe/Berlin\ntiers: [{ every: 1d }, { every: 1mo }]\n";

    private static readonly Instant s_asOf = Instant.FromUtc(2026, 1, 5, 0, 0);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        Directory.CreateDirectory(options.Folder);
        foreach (var years in (int[])[40, 300, 2_024])
        {
            var file = Path.Combine(options.Folder, "years.duckdb");
            SmallFile.Remove(file);
            var first = FormattableString.Invariant($"{2026 - years:0000}-01-01");
            Script.Execute(
                file,
                $"CREATE TABLE raw AS SELECT ts + INTERVAL 12 HOUR AS ts, 1 AS sensor_id, CAST(year(ts) AS DOUBLE) AS value FROM range(TIMESTAMP '{first}', TIMESTAMP '2026-01-01', INTERVAL 1 DAY) r(ts); CHECKPOINT;"
            );
            await using (var database = DuckDbDatabase.Open(file))
            {
                var lifecycle = new Lifecycle(database);
                await lifecycle.ApplyAsync(PolicyYaml.Parse(Policy, "bench.yaml"));
                await SmallFile.RunAsync(lifecycle, s_asOf);
                var (verify, query) = (double.MaxValue, double.MaxValue);
                for (var round = 0; round < options.Rounds; round++)
                {
                    verify = Math.Min(verify, await SmallFile.SecondsAsync(() => lifecycle.VerifyAsync(Selection.All)));
                    var request = new QueryRequest
                    {
                        Policy = "raw",
                        From = Instant.FromUtc(2026 - years, 1, 1, 0, 0),
                        To = s_asOf,
                        Every = "1mo",
                    };
                    query = Math.Min(query, await SmallFile.SecondsAsync(() => lifecycle.QueryAsync(request)));
                }

                yield return new(string.Create(CultureInfo.InvariantCulture, $"verify, {years} years of days"))
                {
                    Seconds = verify,
                    Rows = years * 365,
                };
                yield return new(string.Create(CultureInfo.InvariantCulture, $"query by month, {years} years"))
                {
                    Seconds = query,
                    Rows = years * 12,
                };
            }

            SmallFile.Remove(file);
        }
    }
}
