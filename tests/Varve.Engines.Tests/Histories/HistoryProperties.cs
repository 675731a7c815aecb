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
    : Lives<History>(lives, usual, life => LiveAsync(create, life), life => life.Text)
{
    /// <summary>Some lives from a seed on; null: from any.</summary>
    internal static Task LiveAsync(Func<ScratchDatabase> create, Gen<History> lives, string? seed, long count) =>
        LiveAsync(lives, life => LiveAsync(create, life), life => life.Text, seed, count);

    private static async Task LiveAsync(Func<ScratchDatabase> create, History life)
    {
        await using var db = create();
        await new HistoryRunner(db, db.HasTransactions ? life : life.Alone()).RunAsync();
    }
}

/// <summary>Random lives in odd times and zones, beside rows of other centuries, with runs that are stopped and killed.</summary>
public abstract class OddLives(Func<ScratchDatabase> create, IEnumerable<int> usual)
    : Lives<OddLife>(
        OddLife.Any,
        usual,
        async life =>
        {
            await using var db = create();
            await new OddRunner(db, life).RunAsync();
        },
        life => life.Text
    );

/// <summary>Lives a number of lives, each of which asserts for itself.</summary>
public abstract class Lives<T>(Gen<T> lives, IEnumerable<int> usual, Func<T, Task> live, Func<T, string> print)
{
    [Fact]
    [Rule("nothing-younger")]
    public async Task Every_row_that_went_is_counted_once_and_nothing_younger_than_keep_goes()
    {
        var seed = Environment.GetEnvironmentVariable("VARVE_SEED");
        if (Environment.GetEnvironmentVariable("VARVE_HISTORIES") is { } many)
        {
            await LiveAsync(lives, live, print, seed, long.Parse(many, CultureInfo.InvariantCulture));
            return;
        }

        if (seed is ['#', .. var number])
            seed = Seed(int.Parse(number, CultureInfo.InvariantCulture));
        if (seed is not null)
        {
            await LiveAsync(lives, live, print, seed, 1);
            return;
        }

        List<string> failures = [];
        foreach (var life in usual)
        {
            var failure = await Record.ExceptionAsync(() => LiveAsync(lives, live, print, Seed(life), 1));
            if (failure is not null)
                failures.Add(
                    string.Create(CultureInfo.InvariantCulture, $"life {life}: {failure.InnerException?.Message}\n{failure.Message}")
                );
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    /// <summary>Some lives from a seed on; null: from any.</summary>
    protected static Task LiveAsync(Gen<T> lives, Func<T, Task> live, Func<T, string> print, string? seed, long count) =>
        lives.SampleAsync(live, seed: seed, iter: count, print: print);

    private static string Seed(int life) => new PCG((uint)life, 20_250_330).ToString();
}
