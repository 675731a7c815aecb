namespace Varve.Benchmarks;

/// <summary>The command: runs the cases and prints their figures as they come.</summary>
internal static class Bench
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = Options.Read(args);
        if (options is { What: "report", History: { } history })
        {
            Console.Write(Report.Of(History.Read(history)));
            return 0;
        }

        if (options is null || Cases(options) is not { } cases)
        {
            Console.Error.WriteLine(Options.Usage);
            return 2;
        }

        if (!options.Json)
            Console.WriteLine(Figure.Head);
        foreach (var (name, figures) in cases)
            await foreach (var figure in figures)
            {
                Console.WriteLine(options.Json ? figure.ToJson() : figure.ToText());
                if (options.History is { } file)
                    History.Add(file, name, figure);
            }

        return 0;
    }

    private static IEnumerable<(string Name, IAsyncEnumerable<Figure> Figures)>? Cases(Options options)
    {
        (string Name, Func<IAsyncEnumerable<Figure>> Measure)[] all =
        [
            ("cascade", () => new CascadeCase(options).MeasureAsync()),
            ("noop", () => new RepeatedCase(options).NoopAsync()),
            ("incremental", () => new RepeatedCase(options).IncrementalAsync()),
            ("expire", () => new ExpireCase(options).MeasureAsync()),
            ("archive", () => new ArchiveCase(options).MeasureAsync()),
            ("tier", () => new TierCase(options).MeasureAsync()),
            ("late", () => new LateCase(options).MeasureAsync()),
            ("years", () => new YearsCase(options).MeasureAsync()),
            ("many", () => new ManyCase(options).MeasureAsync()),
            ("idle", () => new IdleCase(options).MeasureAsync()),
            ("wide", () => new WideCase(options).MeasureAsync()),
            ("start", () => StartCase.MeasureAsync(options)),
            ("server", () => ServerCase.MeasureAsync(options)),
            ("readers", () => ServerCase.ReadersAsync(options)),
            ("plan", PlanCase.MeasureAsync),
            ("postgresql", () => new PostgreSqlCase(options).MeasureAsync()),
        ];
        // What needs a server of its own is asked for by name, and so is a part of another case.
        var asked =
            options.What == "all" ? all.Where(c => c.Name is not "postgresql" and not "readers") : all.Where(c => c.Name == options.What);
        List<(string, IAsyncEnumerable<Figure>)> cases = [.. asked.Select(c => (c.Name, c.Measure()))];
        return cases.Count > 0 ? cases : null;
    }
}
