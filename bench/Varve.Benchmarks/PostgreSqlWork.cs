using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Npgsql;
using Varve.Engines;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Benchmarks;

/// <summary>In the worker: Varve's own calls on a server, and scripts by hand. Connecting is not measured.</summary>
internal static class PostgreSqlWork
{
    private const string EachDay = "-- each day";

    public static async Task<Measured> SourceAsync(string url, string series, string rows)
    {
        await using var source = PostgreSqlCopies.Connect(url);
        var text = Text("postgresql-source.sql")
            .Replace("{series}", series, StringComparison.Ordinal)
            .Replace("{rows}", rows, StringComparison.Ordinal);
        await using var connection = await source.OpenConnectionAsync();
        foreach (var statement in text.Split("\n\n"))
            await DoAsync(connection, statement);
        return new(0, 0, Measured.Peak(), long.Parse(rows, CultureInfo.InvariantCulture), []);
    }

    public static async Task<Measured> RunAsync(string url, string policy, int day)
    {
        var tally = new Tally();
        await using var database = await OpenAsync(url, tally);
        var folder = Directory.CreateTempSubdirectory("varve-bench-");
        try
        {
            var lifecycle = new Lifecycle(database, new() { Archives = new Dictionary<string, string> { ["cold"] = folder.FullName } });
            await lifecycle.ApplyAsync(PolicyYaml.Parse(policy, "bench.yaml"));
            tally.Parts.Clear();
            var watch = new Watched();
            var summary = await Product.RunAsync(lifecycle, Data.Day(day), PolicyYaml.Parse(policy, "bench.yaml")[0].Policy.Name);
            return Product.Of(watch, Math.Max(summary.RowsRemoved, 0), tally);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A run with nothing to do: the first of the process is told, that of a warm one counts.</summary>
    public static async Task<Measured> AgainAsync(string url, string policy, int day)
    {
        var tally = new Tally();
        await using var database = await OpenAsync(url, tally);
        var lifecycle = new Lifecycle(database);
        var first = Stopwatch.GetTimestamp();
        await Product.RunAsync(lifecycle, Data.Day(day), "raw");
        var cold = Stopwatch.GetElapsedTime(first).TotalSeconds;
        tally.Parts.Clear();
        var watch = new Watched();
        var summary = await Product.RunAsync(lifecycle, Data.Day(day), "raw");
        if (summary.StepsDone > 0)
            throw new InvalidOperationException($"There was something to do: {policy}");
        var measured = Product.Of(watch, 0, tally);
        measured.Parts["first"] = cold;
        return measured;
    }

    public static async Task<Measured> ScriptAsync(string url, string script, int from, int to)
    {
        var parts = Text(script).Split(EachDay);
        await using var source = PostgreSqlCopies.Connect(url);
        await using var connection = await source.OpenConnectionAsync();
        var watch = new Watched();
        await DoAsync(connection, parts[0]);
        for (var day = from; day < to && parts.Length > 1; day++)
            await DoAsync(
                connection,
                parts[1]
                    .Replace("{from}", Said(Data.Day(day)), StringComparison.Ordinal)
                    .Replace("{to}", Said(Data.Day(day + 1)), StringComparison.Ordinal)
            );
        return watch.Measured(0, []);
    }

    /// <summary>States of some tiers that differ from those by hand; sums of doubles depend on the order of their values.</summary>
    public static async Task<Measured> DifferencesAsync(string url, IReadOnlyList<string> tiers)
    {
        const string exact =
            "ts, sensor_id, varve_rows, value_count, value_min, value_max, value_first, value_first_at, value_last, value_last_at, value_nan, value_pinf, value_ninf";
        await using var source = PostgreSqlCopies.Connect(url);
        var differing = 0L;
        foreach (var tier in tiers)
        {
            await using var count = source.CreateCommand(
                $"""
                SELECT (SELECT count(*) FROM (SELECT {exact} FROM public.raw_{tier}_states EXCEPT ALL SELECT {exact} FROM hand.raw_{tier}_states) a)
                     + (SELECT count(*) FROM (SELECT {exact} FROM hand.raw_{tier}_states EXCEPT ALL SELECT {exact} FROM public.raw_{tier}_states) b)
                     + (SELECT count(*) FROM public.raw_{tier}_states v JOIN hand.raw_{tier}_states h USING (ts, sensor_id) WHERE abs(v.value_sum - h.value_sum) > 1e-9 * abs(h.value_sum))
                """
            );
            differing += (long)(await count.ExecuteScalarAsync())!;
        }

        return new(0, 0, 0, differing, []);
    }

    private static async Task<Database> OpenAsync(string url, Tally tally)
    {
        var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(url));
        return new(new TimedEngine(database.Engine, tally), database.Name);
    }

    private static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sql", name));

    private static string Said(Instant at) => at.ToString("uuuu'-'MM'-'dd HH':'mm':'ss", CultureInfo.InvariantCulture);

    private static async Task DoAsync(NpgsqlConnection connection, string sql)
    {
        if (string.IsNullOrWhiteSpace(sql))
            return;
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
