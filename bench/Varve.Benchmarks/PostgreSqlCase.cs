using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>
/// A server that somebody started, against SQL by hand on the same server: the cascade, removals of half with the full proof
/// against bare statements, a run with nothing to do, and an archive of everything. Each measurement has a copy of the database.
/// </summary>
internal sealed class PostgreSqlCase(Options options)
{
    private const string Source = "varve_bench_source";
    private const string Rolled = "varve_bench_rolled";

    private readonly PostgreSqlCopies _copies = new(options.Server ?? "");
    private readonly Data _data = new(options);

    private string Days => _data.Days.ToString(CultureInfo.InvariantCulture);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        if (options.Server is null)
            throw new InvalidOperationException("The case postgresql needs a server: --server postgresql://user@host:port/postgres");
        await _copies.MakeAsync(Source, url => Fresh.RunAsync("pg-source", url, Text(_data.Series), Text(_data.Rows)));
        foreach (var ties in new[] { "any", "smallest" })
            await AgreeAsync(ties);
        await _copies.MakeAsync(Rolled, RollAsync, Source);
        var least = await Fresh.InTurnAsync(
            options.Rounds,
            () => RunAsync(Source, PolicyTexts.Cascade("any"), Days),
            () => ScriptAsync(Source, "postgresql-cascade-any.sql"),
            () => RunAsync(Source, PolicyTexts.Cascade("smallest"), Days),
            () => ScriptAsync(Source, "postgresql-cascade-smallest.sql"),
            () => RunAsync(Rolled, PolicyTexts.Expire("smallest", "3d", "full"), Days),
            () => ScriptAsync(Rolled, "postgresql-expire-rows.sql"),
            () => RunAsync(Rolled, PolicyTexts.Of("days", "smallest", "3d", "full"), Days),
            () => ScriptAsync(Rolled, "postgresql-expire-partitions.sql"),
            () => CopiedAsync(Rolled, url => Fresh.RunAsync("pg-again", url, PolicyTexts.Cascade("smallest"), Days)),
            () => RunAsync(Rolled, PolicyTexts.Expire("smallest", "3d", "full") + "\narchive: cold\n", "30")
        );
        if (least[4].Rows != _data.Rows / 2 || least[6].Rows != _data.Rows / 2 || least[9].Rows != _data.Rows)
            throw new InvalidOperationException("Other rows went than were to.");
        foreach (
            var (name, measured, hand) in new[]
            {
                ("cascade, ties any", 0, 1),
                ("cascade, ties smallest", 2, 3),
                ("expire rows, full proof", 4, 5),
                ("expire partitions, full proof", 6, 7),
            }
        )
            yield return new($"postgresql, {name}")
            {
                Seconds = least[measured].Seconds,
                BaselineSeconds = least[hand].Seconds,
                PeakBytes = least[measured].PeakBytes,
                Rows = _data.Rows,
                Note = least[measured].Shares(),
            };
        yield return new("postgresql, nothing to do")
        {
            Seconds = least[8].Seconds,
            PeakBytes = least[8].PeakBytes,
            Note = least[8].Shares(),
        };
        yield return new("postgresql, archive and expire all")
        {
            Seconds = least[9].Seconds,
            PeakBytes = least[9].PeakBytes,
            Rows = least[9].Rows,
            Note = least[9].Shares(),
        };
    }

    /// <summary>Speed counts only where the tables are the same.</summary>
    private async Task AgreeAsync(string ties)
    {
        var differing = await CopiedAsync(
            Source,
            async url =>
            {
                await Fresh.RunAsync("pg-run", url, PolicyTexts.Cascade(ties), Days);
                await Fresh.RunAsync("pg-script", url, $"postgresql-cascade-{ties}.sql", "0", Days);
                return await Fresh.RunAsync("pg-differences", url, "1m", "10m", "1h", "1d");
            }
        );
        if (differing.Rows != 0)
            throw new InvalidOperationException($"{differing.Rows} states differ from what the hand-written SQL makes (ties: {ties}).");
    }

    private async Task RollAsync(string url)
    {
        await Fresh.RunAsync("pg-run", url, PolicyTexts.Cascade("smallest"), Days);
        await Fresh.RunAsync("pg-run", url, PolicyTexts.Of("days", "smallest", "forever", "full"), Days);
    }

    private Task<Measured> RunAsync(string template, string policy, string day) =>
        CopiedAsync(template, url => Fresh.RunAsync("pg-run", url, policy, day));

    private Task<Measured> ScriptAsync(string template, string script) =>
        CopiedAsync(template, url => Fresh.RunAsync("pg-script", url, script, "0", Days));

    private async Task<Measured> CopiedAsync(string template, Func<string, Task<Measured>> measure)
    {
        const string work = "varve_bench_work";
        Measured? measured = null;
        await _copies.DropAsync(work);
        await _copies.MakeAsync(work, async url => measured = await measure(url), template);
        await _copies.DropAsync(work);
        return measured!;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
