using NodaTime;
using Varve.DuckDb;
using Varve.Policies;

namespace Varve.Benchmarks;

/// <summary>
/// What cron does most of the time: the published command line runs 120 tables that have nothing to do, start and end
/// included.
/// </summary>
internal sealed class IdleCase(Options options)
{
    private const int Tables = 120;

    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 4, 0, 0);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        var program = await Published.MakeAsync(options);
        var file = Path.Combine(options.Folder, "idle.duckdb");
        SmallFile.Remove(file);
        ManyCase.Make(file, Tables);
        await using (var database = DuckDbDatabase.Open(file))
        {
            var lifecycle = new Lifecycle(database);
            await lifecycle.ApplyAsync(PolicyYaml.Parse(ManyCase.Policies(Tables), "bench.yaml"));
            await SmallFile.RunAsync(lifecycle, s_asOf);
        }

        var least = await Fresh.InTurnAsync(
            3 * options.Rounds,
            () => Published.AnswerAsync(program, "run", "--quiet", "--as-of", "2025-01-04", "--db", $"duckdb:{file}"),
            () => Published.AnswerAsync(program, "run", "t0", "--quiet", "--as-of", "2025-01-04", "--db", $"duckdb:{file}")
        );
        yield return new($"idle run, {Tables} tables") { Seconds = least[0].Seconds, Rows = Tables };
        yield return new($"idle run, {Tables} tables (CPU)") { Seconds = least[0].CpuSeconds, Rows = Tables };
        yield return new("idle run, one of them") { Seconds = least[1].Seconds, Rows = 1 };
        yield return new("idle run, one of them (CPU)") { Seconds = least[1].CpuSeconds, Rows = 1 };
        SmallFile.Remove(file);
    }
}
