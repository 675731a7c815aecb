using System.Diagnostics;
using DuckDB.NET.Data;
using Varve.DuckDb;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>The published server: its start, at rest with a thousand schedules, and read by two hundred while runs work.</summary>
internal static class ServerCase
{
    private const int Schedules = 1_000;
    private const int Policies = 5_000;
    private const int Readers = 200;
    private const int Streams = 20;

    private static readonly TimeSpan s_load = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Options options)
    {
        var program = await Published.MakeAsync(options);
        var starts = new List<double>();
        for (var i = 0; i < 5 * options.Rounds; i++)
            starts.Add(await StartAsync(program, Fresh()));
        yield return new("server, start to ready")
        {
            Seconds = starts.Min(),
            Note = FormattableString.Invariant($"median {starts.Order().ElementAt(starts.Count / 2):0.000}"),
        };
        await foreach (var figure in LoadAsync(program))
            yield return figure;
        await foreach (var figure in PagesAsync(program))
            yield return figure;
        await foreach (var figure in SchedulesAsync(program))
            yield return figure;
    }

    /// <summary>Only the two hundred readers.</summary>
    public static async IAsyncEnumerable<Figure> ReadersAsync(Options options)
    {
        var program = await Published.MakeAsync(options);
        for (var i = 0; i < options.Rounds; i++)
            await foreach (var figure in LoadAsync(program))
                yield return figure;
    }

    private static async Task<double> StartAsync(string program, string folder)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var served = await Served.StartAsync(program, folder);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async IAsyncEnumerable<Figure> SchedulesAsync(string program)
    {
        var folder = Fresh();
        await using var served = await ManyAsync(program, folder, Schedules, "schedule: \"* * * * *\"\n");
        Delays delays;
        do
        {
            await Task.Delay(2_000);
            delays = Delays.Read(await served.TextAsync("metrics"));
        } while (delays.Count < Schedules);

        yield return new("server, 1,000 schedules, delay p99 at most")
        {
            Seconds = delays.AtMost(0.99),
            Note = FormattableString.Invariant($"mean {delays.Mean:0.000} of {delays.Count}"),
        };
        await served.PostAsync("api/v1/schedules/pause", new { reason = "at rest" });
        while (
            (await served.GetAsync("api/v1/runs?limit=500"))
                .GetProperty("items")
                .EnumerateArray()
                .Any(r => r.GetProperty("state").GetString() is "queued" or "running")
        )
            await Task.Delay(1_000);
        await Task.Delay(5_000);
        var before = served.Cpu;
        await Task.Delay(s_rest);
        yield return new("server, 1,000 schedules at rest, CPU")
        {
            Seconds = (served.Cpu - before).TotalSeconds / s_rest.TotalSeconds,
            PeakBytes = served.WorkingSet,
            Note = "processor seconds in a second",
        };
    }

    /// <summary>The page of all policies, as a browser asks for it, and that of one of them.</summary>
    private static async IAsyncEnumerable<Figure> PagesAsync(string program)
    {
        await using var served = await ManyAsync(program, Fresh(), Policies, "");
        foreach (
            var (name, path) in new[] { ("all", ""), ("one", "c/data/p/t17"), ("overview in the API", "api/v1/connections/data/policies") }
        )
        {
            var took = new List<double>();
            var length = 0;
            for (var i = 0; i < 11; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                length = (await served.TextAsync(path)).Length;
                took.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }

            yield return new($"server, 5,000 policies, {name}")
            {
                Seconds = took.Order().ElementAt(took.Count / 2),
                PeakBytes = served.WorkingSet,
                Note = FormattableString.Invariant($"first {took[0]:0.000}, most {took.Max():0.000}, {length / 1024} KiB"),
            };
        }
    }

    /// <summary>
    /// A server over many tables, each with a policy: the first is applied, the others are its copies in the catalog, because
    /// applying thousands is not what is measured here.
    /// </summary>
    private static async Task<Served> ManyAsync(string program, string folder, int count, string more)
    {
        var data = Path.Combine(folder, "data.duckdb");
        Sql(data, string.Concat(Enumerable.Range(0, count).Select(n => $"CREATE TABLE t{n} (ts TIMESTAMP, v DOUBLE);")));
        await using (var database = DuckDbDatabase.Open(data))
            await new Lifecycle(database).ApplyAsync(
                PolicyYaml.Parse(
                    $"policy: t0\ntable: t0\ntime: ts\nmeasures:\n  v: [sum]\nkeep: 30d\ntiers:\n  - {{ every: 1h, keep: forever }}\n{more}",
                    "bench.yaml"
                )
            );
        Sql(
            data,
            $"""
            INSERT INTO varve.policies
            SELECT * EXCLUDE (n, named) REPLACE ('t' || n AS policy, 't' || n AS table_name, named AS document, sha256(named) AS sha256, replace(yaml, 't0', 't' || n) AS yaml)
            FROM (SELECT *, replace(document, 't0"', 't' || n || '"') AS named FROM varve.policies, range(1, {count}) AS r(n))
            """
        );
        return await Served.StartAsync(program, folder, "--db", $"duckdb:{data}");
    }

    private static async IAsyncEnumerable<Figure> LoadAsync(string program)
    {
        var folder = Fresh();
        var data = Path.Combine(folder, "data.duckdb");
        Sql(
            data,
            "CREATE TABLE cpu AS SELECT ts::TIMESTAMP AS ts, 'host' || h AS host, h::DOUBLE AS load FROM range(now()::TIMESTAMP - INTERVAL 60 DAY, now()::TIMESTAMP, INTERVAL 10 MINUTE) r(ts), range(20) s(h)"
        );
        await using var served = await Served.StartAsync(program, folder, "--db", $"duckdb:{data}");
        await served.PostAsync(
            "api/v1/connections/data/apply",
            new
            {
                yaml = "policy: cpu\ntable: cpu\ntime: ts\nseries: [host]\nmeasures:\n  load: [avg, max]\nkeep: 90d\ntiers:\n  - { every: 1h, keep: forever }\n  - { every: 1d, keep: forever }\n",
            }
        );
        var clients = await Task.WhenAll(Enumerable.Range(0, Readers / 4).Select(n => served.ReaderAsync($"reader-{n}")));
        using var ended = new CancellationTokenSource(s_load);
        var (took, errors, lost, runs) = (new List<double>(), 0, 0, 0);
        var work = RunsAsync();
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(ReadAsync));
        await work;
        took.Sort();
        yield return new("server, 200 readers, p99")
        {
            Seconds = At(took, 0.99),
            PeakBytes = served.WorkingSet,
            Rows = took.Count,
            Note = FormattableString.Invariant(
                $"half {At(took, 0.5):0.000}, errors {errors}; {runs} runs with {Streams} streams each, events lost {lost}"
            ),
        };

        async Task ReadAsync(int n)
        {
            string[] paths =
            [
                "policies",
                "policies/cpu/status",
                "policies/cpu/coverage?windows=100",
                "policies/cpu/query?every=1d",
                "policies/cpu/history",
                "status",
            ];
            await Task.Delay(n * 5);
            for (var i = n; !ended.IsCancellationRequested; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                using var answer = await clients[n % clients.Length].GetAsync($"api/v1/connections/data/{paths[i % paths.Length]}");
                await answer.Content.ReadAsByteArrayAsync();
                lock (took)
                {
                    took.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                    if (!answer.IsSuccessStatusCode)
                        errors++;
                }

                await Task.Delay(1_000);
            }
        }

        async Task RunsAsync()
        {
            await RunAsync();
            while (!ended.IsCancellationRequested)
            {
                await served.PostAsync("api/v1/connections/data/policies/cpu/invalidate", new { from = "2000-01-01", to = "2100-01-01" });
                await RunAsync();
            }
        }

        async Task RunAsync()
        {
            var id = (await served.PostAsync("api/v1/connections/data/runs", new { policies = new[] { "cpu" } }))
                .GetProperty("id")
                .GetString();
            var streams = await Task.WhenAll(
                Enumerable.Range(0, Streams).Select(n => clients[n].GetStringAsync($"api/v1/runs/{id}/events"))
            );
            runs++;
            lost += streams.Count(s =>
                !s.Contains("event: ended", StringComparison.Ordinal)
                || Ids(s) is var ids && !ids.SequenceEqual(Enumerable.Range(1, ids.Count))
            );
        }
    }

    private static List<int> Ids(string events) =>
        [
            .. events
                .Split('\n')
                .Where(l => l.StartsWith("id: ", StringComparison.Ordinal))
                .Select(l => int.Parse(l[4..], System.Globalization.CultureInfo.InvariantCulture)),
        ];

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    private static string Fresh() => Directory.CreateTempSubdirectory("varve-bench-server-").FullName;

    private static void Sql(string file, string text)
    {
        using var connection = new DuckDBConnection($"Data Source={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
