namespace Varve.Benchmarks;

/// <summary>The command: runs the cases and prints their figures as they come.</summary>
internal static class Bench
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (Options.Read(args) is not { } options || Cases(options) is not { } cases)
        {
            Console.Error.WriteLine(Options.Usage);
            return 2;
        }

        if (!options.Json)
            Console.WriteLine(Figure.Head);
        foreach (var figures in cases)
            await foreach (var figure in figures)
                Console.WriteLine(options.Json ? figure.ToJson() : figure.ToText());
        return 0;
    }

    private static IAsyncEnumerable<Figure>[]? Cases(Options options)
    {
        var (cascade, expire, repeated) = (new CascadeCase(options), new ExpireCase(options), new RepeatedCase(options));
        return options.What switch
        {
            "cascade" => [cascade.MeasureAsync()],
            "expire" => [expire.MeasureAsync()],
            "tier" => [new TierCase(options).MeasureAsync()],
            "archive" => [new ArchiveCase(options).MeasureAsync()],
            "noop" => [repeated.NoopAsync()],
            "incremental" => [repeated.IncrementalAsync()],
            "late" => [new LateCase(options).MeasureAsync()],
            "years" => [new YearsCase(options).MeasureAsync()],
            "wide" => [new WideCase(options).MeasureAsync()],
            "many" => [new ManyCase(options).MeasureAsync()],
            "idle" => [new IdleCase(options).MeasureAsync()],
            "start" => [StartCase.MeasureAsync(options)],
            "server" => [ServerCase.MeasureAsync(options)],
            "postgresql" => [new PostgreSqlCase(options).MeasureAsync()],
            "plan" => [PlanCase.MeasureAsync()],
            "all" =>
            [
                cascade.MeasureAsync(),
                repeated.NoopAsync(),
                repeated.IncrementalAsync(),
                expire.MeasureAsync(),
                new ArchiveCase(options).MeasureAsync(),
                new TierCase(options).MeasureAsync(),
                new LateCase(options).MeasureAsync(),
                new YearsCase(options).MeasureAsync(),
                new ManyCase(options).MeasureAsync(),
                new IdleCase(options).MeasureAsync(),
                new WideCase(options).MeasureAsync(),
                StartCase.MeasureAsync(options),
                ServerCase.MeasureAsync(options),
                PlanCase.MeasureAsync(),
            ],
            _ => null,
        };
    }
}
