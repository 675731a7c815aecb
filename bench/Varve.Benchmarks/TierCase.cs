namespace Varve.Benchmarks;

/// <summary>
/// A policy gets one tier more after everything was rolled up: the run that builds it for all that is there, against SQL by
/// hand that builds the same tier from the same finer one. A run with nothing to do stands beside it: what looking costs.
/// </summary>
internal sealed class TierCase(Options options)
{
    private readonly Data _data = new(options);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        var rolled = await _data.RolledAsync();
        foreach (var (every, coarser) in new[] { ("5m", "10m"), ("30m", "1h") })
        {
            await AgreeAsync(rolled, every, coarser);
            var least = await Fresh.InTurnAsync(options.Rounds, () => VarveAsync(rolled, every, coarser), () => HandAsync(rolled, every));
            foreach (var figure in Figure.Against($"a tier more, {every}", least[0], least[1], least[0].Rows)) yield return figure;
        }

        var nothing = await Fresh.InTurnAsync(options.Rounds, () => Fresh.RunAsync("run", _data.Copy(rolled, "work"), PolicyTexts.Cascade("smallest"), "6"));
        yield return new("… nothing to do") { Seconds = nothing[0].Seconds, Note = nothing[0].Shares() };
        yield return new("… nothing to do (CPU)") { Seconds = nothing[0].CpuSeconds };
    }

    private async Task AgreeAsync(string rolled, string every, string coarser)
    {
        var (varve, hand) = (_data.Copy(rolled, "varve"), _data.Copy(rolled, "hand"));
        await Fresh.RunAsync("run", varve, PolicyTexts.Added(every, coarser), "6");
        await Fresh.RunAsync("script", hand, $"tier-{every}.sql", "0", "6");
        var differing = await Fresh.RunAsync("differences", varve, hand, "1m", "10m", "1h", "1d", every);
        if (differing.Rows != 0) throw new InvalidOperationException($"{differing.Rows} states differ from what the hand-written SQL makes (tier {every}).");
    }

    private Task<Measured> VarveAsync(string rolled, string every, string coarser) =>
        Fresh.RunAsync("run", _data.Copy(rolled, "work"), PolicyTexts.Added(every, coarser), "6");

    private Task<Measured> HandAsync(string rolled, string every) =>
        Fresh.RunAsync("script", _data.Copy(rolled, "work"), $"tier-{every}.sql", "0", "6");
}
