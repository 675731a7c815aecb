using System.Diagnostics;
using System.Globalization;
using Varve;
using Varve.CrateDb;
using Varve.DuckDb;
using Varve.Engines;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.PostgreSql;
using Varve.Time;

// Runs all policies of a database as of an instant, or does a command then, and kills itself where it is told to: a power cut of its own.
// Arguments: file or URL, instant, moment (None, BeforeStatement, AfterStatement, AfterCommit, During), number, and a command or none.
// Exit codes: 0 ran to its end, 3 a step failed and said so, 137 killed.
var (file, asOf, moment, number) = (args[0], InstantText.Parse(args[1]), args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
var trip = moment switch
{
    "None" => Trip.Never(),
    "During" => new Trip(number, Moment.BeforeStatement, KillSoon),
    _ => new Trip(number, Enum.Parse<Moment>(moment), Kill),
};
var memory = Environment.GetEnvironmentVariable("VARVE_KILLHOST_MEMORY") ?? DuckDbOptions.DefaultMemoryLimit;
await using var real =
    file.StartsWith("postgresql:", StringComparison.Ordinal) ? await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(file))
    : file.StartsWith("cratedb:", StringComparison.Ordinal) ? await CrateDbDatabase.OpenAsync(DatabaseUrl.Parse(file))
    : DuckDbDatabase.Open(file, new DuckDbOptions { MemoryLimit = memory });
var cold = Path.Combine(Environment.GetEnvironmentVariable("VARVE_KILLHOST_FOLDER") ?? ".", "cold");
var lifecycle = new Lifecycle(
    new Database(new TrippingEngine(real.Engine, trip), real.Name),
    new LifecycleOptions
    {
        TimeProvider = args.Length > 4 ? new SettableTime(asOf) : TimeProvider.System,
        Archives = new Dictionary<string, string> { ["cold"] = cold },
    }
);
var failed = false;
if (args.Length > 4)
{
    await Command.DoAsync(lifecycle, args[4]);
    return Counted();
}

await foreach (var one in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = asOf, Yes = true }))
{
    if (
        (
            one is RunEvent.StepFailed { Error: var step } ? step
            : one is RunEvent.Failed { Error: var run } ? run
            : null
        )
        is not { } error
    )
        continue;
    failed = true;
    Console.Error.WriteLine($"{error.Code}: {error.Message}");
}

return Counted();

int Counted()
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trip.Statements} {trip.Commits}"));
    return failed ? 3 : 0;
}

static void Kill()
{
    Process.GetCurrentProcess().Kill();
    Thread.CurrentThread.Join();
}

static void KillSoon()
{
    var after = Random.Shared.Next(0, 3_000);
    var thread = new Thread(() =>
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMicroseconds(after))
            Thread.SpinWait(50);
        Process.GetCurrentProcess().Kill();
    })
    {
        IsBackground = true,
    };
    thread.Start();
}
