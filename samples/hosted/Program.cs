using DuckDB.NET.Data;
using Varve.DuckDb;
using Varve.Execution;
using Varve.Hosting;
using Varve.Policies;

// A table of the application, which has it open all the time: three hosts, a row every ten minutes, the last 20 days.
const string File = "hosted.duckdb";
using var connection = new DuckDBConnection($"Data Source={File}");
connection.Open();
using (var command = connection.CreateCommand())
{
    command.CommandText = """
        CREATE TABLE IF NOT EXISTS cpu AS
        SELECT ts::TIMESTAMP AS ts, 'host' || h AS host, (epoch(ts)::BIGINT // 600 % 100 + h)::DOUBLE AS load
        FROM range(now()::TIMESTAMP - INTERVAL 20 DAY, now()::TIMESTAMP, INTERVAL 10 MINUTE) r(ts), range(3) s(h)
        """;
    command.ExecuteNonQuery();
}

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddVarve(options =>
{
    options.Open = _ => DuckDbDatabase.Open(() => new DuckDBConnection($"Data Source={File}"));
    options.Policies = PolicyYaml.Parse("""
        policy: cpu
        table: cpu
        time: ts
        series: [host]
        measures:
          load: [avg, max]
        keep: 7d
        tiers:
          - { every: 1h, keep: forever }
        schedule: { every: 2s, expect_within: 1h }
        """, "cpu.yaml");

    // Whoever writes the policy in code has said the word that its first removal waits for.
    options.Run = new RunOptions { Yes = true };
    options.OnEvent = (happened, _) =>
    {
        if (happened is RunEvent.Finished { Summary: var done }) Console.WriteLine($"{happened.Policy}: {done.RowsWritten:N0} rows written, {done.RowsRemoved:N0} rows removed");
        return ValueTask.CompletedTask;
    };
});

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/policies", (VarveScheduler scheduler) => scheduler.Standings.Select(s => new { s.Policy, State = s.State.ToString(), Next = s.Next?.ToString(), s.Reason }));
app.MapPost("/run", async (VarveScheduler scheduler, CancellationToken cancellationToken) => (await scheduler.RunAsync(Selection.All, cancellationToken)).Select(r => new { r.Policy, r.Summary?.RowsRemoved }));
app.Run();
