using NodaTime;
using Varve.Cli.Backends;
using Varve.Cli.Charts;
using Varve.Cli.Commands;
using Varve.Cli.Render;
using Varve.Cli.Running;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Cli.Demo;

/// <summary>
/// Varve in a quarter of a minute: roll up a year, repair three late rows, expire what is past its time with proof, and
/// draw what remains. It uses what every user has: the library's calls and plain SQL.
/// </summary>
internal sealed class Tour
{
    private static readonly Instant AsOf = Instant.FromUtc(2014, 1, 1, 12, 0);

    private readonly CommandContext _call;
    private readonly Screen _screen;
    private readonly Folder _folder;

    private Tour(CommandContext call, Folder folder) => (_call, _screen, _folder) = (call, call.Screen, folder);

    internal static async Task<int> RunAsync(CommandContext call, string? keep)
    {
        var folder = Folder.Create(keep);
        await new Tour(call, folder).WalkAsync();
        return ExitCode.Done;
    }

    private async Task WalkAsync()
    {
        Chapter(1, "A year of New York flights and weather, in DuckDB", "public records of 2013; two tables, made with plain SQL");
        await Airport.LoadAsync(_folder, _call.Cancellation);
        var before = await WithAsync(async lifecycle =>
        {
            ApplyCommand.Table(_screen, await lifecycle.ApplyAsync(Documents(withKeep: false), prune: false, _call.Cancellation));
            var standing = await lifecycle.StatusAsync(Selection.All, AsOf, _call.Cancellation);
            Chapter(2, "Plan first", "the policies roll up into hours, days, weeks and months; nothing expires yet");
            await PlanAsync(lifecycle);
            Chapter(3, "Run it", "each step is journaled, done and committed by itself");
            await RunAsync(lifecycle, []);
            return standing;
        });
        await Airport.LateAsync(_folder, _call.Cancellation);
        await WithAsync(async lifecycle =>
        {
            Chapter(4, "Three rows come late", "only the buckets that they touch are built again");
            await PlanAsync(lifecycle);
            await RunAsync(lifecycle, []);
            Chapter(5, "Now the sources may go", "keep: 90d and keep: 180d are applied; the first removal waits for a person's word");
            ApplyCommand.Table(_screen, await lifecycle.ApplyAsync(Documents(withKeep: true), prune: false, _call.Cancellation));
            var plans = await PlanAsync(lifecycle);
            _screen.Line();
            _screen.Line(
                new Span(
                    "  Confirmed here with the hashes above; every bucket is computed again and compared before its rows go.",
                    Render.Palette.Dim
                )
            );
            await RunAsync(lifecycle, [.. plans.Select(p => p.Brake?.Hash).OfType<string>()]);
            return true;
        });
        // Opened again, so that sizes are those of a file at rest.
        await WithAsync(async lifecycle =>
        {
            Chapter(6, "Before and after", "what was 337 thousand rows of detail is now layers");
            BeforeAfter.Show(_screen, before, await lifecycle.StatusAsync(Selection.All, AsOf, _call.Cancellation));
            Chapter(7, "One series across all layers", "a reader does not notice which tier answers; the chart says so");
            await DrawAsync(lifecycle);
            return true;
        });
        Farewell();
    }

    private async Task<IReadOnlyList<Plan>> PlanAsync(IBackend lifecycle)
    {
        var plans = await lifecycle.PlanAsync(Selection.All, AsOf, _call.Cancellation);
        PlanScreen.Show(_screen, plans);
        return plans;
    }

    private async Task RunAsync(IBackend lifecycle, IReadOnlyList<string> confirm)
    {
        var outcome = new RunOutcome();
        await RunProgress.ShowAsync(
            _call,
            isQuiet: false,
            outcome,
            lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = AsOf, Confirm = confirm }, _call.Cancellation)
        );
        RunScreen.Show(_screen, outcome, isQuiet: false);
        if (outcome.ExitCode != ExitCode.Done)
            throw new HaltException(WorkCodes.BrokenDemo, $"The demonstration did not end as it should. Its folder is {_folder.Path}.");
    }

    private async Task DrawAsync(IBackend lifecycle)
    {
        var range = await QueryCommand.HeldAsync(lifecycle, "weather", _call.Cancellation);
        var series = await new GraphQuestion
        {
            Policy = "weather",
            Measure = "temp",
            Conditions = [new("origin", "JFK")],
            Title = "Temperature at JFK airport, 2013",
            Thresholds = [(32, "frost")],
        }.AskAsync(lifecycle, range, GraphCommand.TerminalPoints, _call.Cancellation);
        TerminalChart.Show(_screen, series);
        Picture.SavePixels(series, PictureForm.Usual, _folder.Picture);
    }

    private void Farewell()
    {
        var db = $"--db duckdb:{_folder.Database}";
        _screen.Line();
        _screen.Line(new Span("Left for you", Render.Palette.Bold));
        _screen.Line(new("  database  ", Render.Palette.Dim), _folder.Database);
        _screen.Line(new("  policies  ", Render.Palette.Dim), _folder.Policies);
        _screen.Line(new("  picture   ", Render.Palette.Dim), _folder.Picture);
        if (!_folder.IsKept)
            _screen.Line(
                new Span(
                    "  in a folder for temporary files, kept until the system cleans up; --keep DIR keeps it elsewhere",
                    Render.Palette.Dim
                )
            );
        _screen.Line();
        _screen.Line(new Span("Try next", Render.Palette.Bold));
        foreach (
            var command in new[]
            {
                $"varve status {db} --as-of 2014-01-01T12:00:00Z",
                $"varve query flights --every 1mo --where origin=JFK --columns dep_delay_avg,dep_delay_max {db}",
                $"varve graph flights dep_delay --where origin=JFK --svg delays.svg {db}",
                $"varve audit --verify {db}",
                $"varve plan --sql {db} --as-of 2014-02-01",
            }
        )
            _screen.Line($"  {command}");
    }

    private void Chapter(int number, string title, string about)
    {
        _screen.Line();
        _screen.Line(new($"{number}  {title}", Render.Palette.Bold), new($"  {about}", Render.Palette.Dim));
        _screen.Out.Flush();
    }

    /// <summary>The policies as files; without what lets rows expire for the first half.</summary>
    private IReadOnlyList<PolicyDocument> Documents(bool withKeep) =>
        withKeep
            ? PolicyFiles.Read([_folder.Policies])
            :
            [
                .. Directory
                    .GetFiles(_folder.Policies)
                    .Order(StringComparer.Ordinal)
                    .SelectMany(file => PolicyYaml.Parse(WithoutKeep(File.ReadAllText(file)), file)),
            ];

    private static string WithoutKeep(string yaml) =>
        string.Join('\n', yaml.Split('\n').Where(line => !line.StartsWith("keep:", StringComparison.Ordinal)).Select(WithoutTierKeep));

    private static string WithoutTierKeep(string line) =>
        line.IndexOf(", keep:", StringComparison.Ordinal) is >= 0 and var at ? $"{line[..at]} }}" : line;

    private async Task<T> WithAsync<T>(Func<IBackend, Task<T>> work)
    {
        await using var database = DatabaseOpener.OpenFile(_folder.Database);
        return await work(
            new DatabaseBackend(
                new(database, DatabaseOpener.Options(null, null)),
                database,
                Engines.DatabaseUrl.Parse($"duckdb:{_folder.Database}")
            )
        );
    }
}
