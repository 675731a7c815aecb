using System.Globalization;
using CsCheck;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// Random lives of a table against the model: the invariants at the end of semantics, section 5. Without a word the same
/// 200 lives each time, so that a build fails for what changed; VARVE_HISTORIES=10000 lives that nobody has seen, shrunk
/// where one fails; VARVE_SEED=… the life that a failure printed, or #17 that one of the usual. An engine has two halves of them, which run side by side.
/// </summary>
public abstract class HistoryProperties(Func<ScratchDatabase> create, uint half)
{
    private const int Usual = 200;

    [Fact]
    public async Task Every_row_that_went_is_counted_once_and_nothing_younger_than_keep_goes()
    {
        var seed = Environment.GetEnvironmentVariable("VARVE_SEED");
        if (Environment.GetEnvironmentVariable("VARVE_HISTORIES") is { } many)
        {
            await LiveAsync(seed, long.Parse(many, CultureInfo.InvariantCulture));
            return;
        }

        if (seed is ['#', .. var number]) seed = new PCG(uint.Parse(number, CultureInfo.InvariantCulture), 20_250_330).ToString();
        if (seed is not null)
        {
            await LiveAsync(seed, 1);
            return;
        }

        List<string> failures = [];
        for (var life = half; life < Usual; life += 2)
        {
            var failure = await Record.ExceptionAsync(() => LiveAsync(new PCG(life, 20_250_330).ToString(), 1));
            if (failure is not null) failures.Add(string.Create(CultureInfo.InvariantCulture, $"life {life}: {failure.InnerException?.Message}\n{failure.Message}"));
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private Task LiveAsync(string? seed, long lives) => History.Gen.SampleAsync(
        async history =>
        {
            await using var db = create();
            await new HistoryRunner(db, history).RunAsync();
        },
        seed: seed,
        iter: lives,
        print: history => history.Text);
}
