using System.Globalization;
using CsCheck;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// Random lives of a table against the model: the invariants at the end of semantics, section 5. Without a word the same
/// lives each time, so that a build fails for what changed; VARVE_HISTORIES=10000 lives that nobody has seen, shrunk where
/// one fails; VARVE_SEED=… the life that a failure printed, or #17 that one of the usual; VARVE_TRACE=FILE writes down what
/// happens in it.
/// </summary>
/// <param name="create">Makes an empty database.</param>
/// <param name="lives">What lives there are.</param>
/// <param name="usual">The numbers of those that are lived each time: classes with other numbers run side by side.</param>
public abstract class HistoryProperties(Func<ScratchDatabase> create, Gen<History> lives, IEnumerable<int> usual)
{
    [Fact]
    public async Task Every_row_that_went_is_counted_once_and_nothing_younger_than_keep_goes()
    {
        var seed = Environment.GetEnvironmentVariable("VARVE_SEED");
        if (Environment.GetEnvironmentVariable("VARVE_HISTORIES") is { } many)
        {
            await LiveAsync(create, lives, seed, long.Parse(many, CultureInfo.InvariantCulture));
            return;
        }

        if (seed is ['#', .. var number]) seed = Seed(int.Parse(number, CultureInfo.InvariantCulture));
        if (seed is not null)
        {
            await LiveAsync(create, lives, seed, 1);
            return;
        }

        List<string> failures = [];
        foreach (var life in usual)
        {
            var failure = await Record.ExceptionAsync(() => LiveAsync(create, lives, Seed(life), 1));
            if (failure is not null) failures.Add(string.Create(CultureInfo.InvariantCulture, $"life {life}: {failure.InnerException?.Message}\n{failure.Message}"));
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    /// <summary>Some lives from a seed on; null: from any.</summary>
    internal static Task LiveAsync(Func<ScratchDatabase> create, Gen<History> lives, string? seed, long count) => lives.SampleAsync(
        async history =>
        {
            await using var db = create();
            await new HistoryRunner(db, history).RunAsync();
        },
        seed: seed,
        iter: count,
        print: history => history.Text);

    private static string Seed(int life) => new PCG((uint)life, 20_250_330).ToString();
}
