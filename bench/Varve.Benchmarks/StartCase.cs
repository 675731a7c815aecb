using System.Diagnostics;

namespace Varve.Benchmarks;

/// <summary>How long it takes until the published command line has answered.</summary>
internal static class StartCase
{
    public static async IAsyncEnumerable<Figure> MeasureAsync(Options options)
    {
        var program = await Published.ProgramAsync(options);
        foreach (var word in new[] { "--version", "--help" })
        {
            var least = await Fresh.InTurnAsync(10 * options.Rounds, () => AnswerAsync(program, word));
            yield return new($"start, {word}") { Seconds = least[0].Seconds };
        }
    }

    private static async Task<Measured> AnswerAsync(string program, string word)
    {
        var begun = Stopwatch.GetTimestamp();
        await Fresh.ReadAsync(program, [word]);
        return new(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 0, 0, []);
    }
}
