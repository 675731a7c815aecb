using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>
/// A policy gets one tier more after everything was rolled up: the run that builds it for all that is there, against SQL by
/// hand that builds the same tier from the same input. A run with nothing to do is measured in turn with them: what the run
/// takes longer than that is what the change costs, the rest every run costs.
/// </summary>
internal sealed class TierCase(Options options)
{
    private static readonly Added[] s_added = [new("30m", 1800, "1h", "10m"), new("5m", 300, "10m", "1m"), new("30s", 30, "1m", "source")];

    private readonly Data _data = new(options);

    private string Days => _data.Days.ToString(CultureInfo.InvariantCulture);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        var rolled = await _data.RolledAsync();
        foreach (var tier in s_added)
        {
            await AgreeAsync(rolled, tier);
            var least = await Fresh.InTurnAsync(
                options.Rounds,
                () => VarveAsync(rolled, tier),
                () => HandAsync(_data.Copy(rolled, "work"), tier),
                () => NothingAsync(rolled)
            );
            var (run, hand, nothing) = (least[0], least[1], least[2]);
            foreach (var figure in Figure.Against($"a tier more, {tier.Every} from {tier.Input}", run, hand, run.Rows))
                yield return figure;
            yield return new("… nothing to do") { Seconds = nothing.Seconds, Note = nothing.Shares() };
            yield return new("… nothing to do (CPU)") { Seconds = nothing.CpuSeconds };
            yield return new("… what the change costs") { Seconds = run.Seconds - nothing.Seconds, BaselineSeconds = hand.Seconds };
            yield return new("… what the change costs (CPU)")
            {
                Seconds = run.CpuSeconds - nothing.CpuSeconds,
                BaselineSeconds = hand.CpuSeconds,
            };
        }
    }

    private async Task AgreeAsync(string rolled, Added tier)
    {
        var (varve, hand) = (_data.Copy(rolled, "varve"), _data.Copy(rolled, "hand"));
        await Fresh.RunAsync("run", varve, PolicyTexts.Added(tier.Every, tier.Coarser), Days);
        await HandAsync(hand, tier);
        var differing = await Fresh.RunAsync("differences", varve, hand, "1m", "10m", "1h", "1d", tier.Every);
        if (differing.Rows != 0)
            throw new InvalidOperationException(
                $"{differing.Rows} states differ from what the hand-written SQL makes (tier {tier.Every})."
            );
    }

    private Task<Measured> VarveAsync(string rolled, Added tier) =>
        Fresh.RunAsync("run", _data.Copy(rolled, "work"), PolicyTexts.Added(tier.Every, tier.Coarser), Days);

    private Task<Measured> NothingAsync(string rolled) =>
        Fresh.RunAsync("run", _data.Copy(rolled, "work"), PolicyTexts.Cascade("smallest"), Days);

    private Task<Measured> HandAsync(string file, Added tier) =>
        Fresh.RunAsync("script", file, tier.Script, "0", Days, $"tier={tier.Every}", $"input={tier.Input}", $"micros={tier.Seconds}000000");

    /// <summary>A tier, the next coarser one that is there, and what it is built from.</summary>
    private sealed record Added(string Every, int Seconds, string Coarser, string Input)
    {
        public string Script => Input == "source" ? "tier-source.sql" : "tier.sql";
    }
}
