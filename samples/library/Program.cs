using DuckDB.NET.Data;
using NodaTime;
using Varve;
using Varve.DuckDb;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Reading;
using Varve.Time;

// A table of the application: three hosts, a row every ten minutes, 1 to 20 March 2025.
const string File = "metrics.duckdb";
using (var connection = new DuckDBConnection($"Data Source={File}"))
{
    connection.Open();
    using var command = connection.CreateCommand();
    command.CommandText = """
        CREATE OR REPLACE TABLE cpu AS
        SELECT ts, 'host' || h AS host, (epoch(ts)::BIGINT // 600 % 100 + h)::DOUBLE AS load
        FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts), range(3) s(h)
        """;
    command.ExecuteNonQuery();
}

// The policy, as it would stand in a file; PolicyFiles.Read reads those.
var policies = PolicyYaml.Parse("""
    policy: cpu
    table: cpu
    time: ts
    series: [host]
    measures:
      load: [avg, max]
    keep: 7d
    tiers:
      - { every: 1h, keep: forever }
      - { every: 1d, keep: forever }
    """, "cpu.yaml");

// The same in code: a policy is a value. PolicyDocument.Of makes a document of it, which is what is applied.
var same = PolicyDocument.Of(new Policy
{
    Name = "cpu",
    Table = new TableName(null, "cpu"),
    Time = "ts",
    Series = ["host"],
    Measures = [new Measure { Name = "load", Column = "load", Functions = [Function.Avg, Function.Max] }],
    Keep = Keep.Parse("7d"),
    Tiers = [new Tier { Every = Width.Parse("1h") }, new Tier { Every = Width.Parse("1d") }],
});

await using var database = DuckDbDatabase.Open(File);
var lifecycle = new Lifecycle(database);
await lifecycle.ApplyAsync(policies);
Console.WriteLine($"in code: {(await lifecycle.ApplyAsync([same])).Single().Outcome}");

// What would a run do? A plan is a value; nothing is changed.
var asOf = Instant.FromUtc(2025, 3, 21, 12, 0);
var plan = (await lifecycle.PlanAsync(Selection.All, asOf)).Single();
foreach (var step in plan.Steps) Console.WriteLine($"{PlanText.Describe(step)}: {step.Reason}");

// The first removal of a policy waits for a person, who confirms what the plan says; later ones need no word.
var options = new RunOptions { AsOf = asOf, Confirm = plan.Brake is { } brake ? [brake.Hash] : [] };
foreach (var result in await lifecycle.RunToEndAsync(Selection.All, options))
{
    if (result.Summary is { } done) Console.WriteLine($"{done.StepsDone} steps done: {done.RowsWritten:N0} rows written, {done.RowsRemoved:N0} rows removed");
    if (!result.IsWhole) Console.WriteLine($"{result.Policy} waits for a person");
}

// Days come from the tier of days; the newest, not yet closed part comes from the source.
var answer = await lifecycle.QueryAsync(new QueryRequest
{
    Policy = "cpu",
    From = Instant.FromUtc(2025, 3, 1, 0, 0),
    To = asOf,
    Every = "1d",
    Where = [new("host", "host0")],
    Columns = ["load_avg", "load_max"],
});
foreach (var row in answer.ByName()) Console.WriteLine($"{row["ts"]}  {row.Number("load_avg"):0.00}  {row["load_max"]}  from {row["varve_tier"]}");
