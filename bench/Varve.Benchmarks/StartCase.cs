namespace Varve.Benchmarks;

/// <summary>How long it takes until the published command line has answered.</summary>
internal static class StartCase
{
    public static async IAsyncEnumerable<Figure> MeasureAsync(Options options)
    {
        var program = await Published.MakeAsync(options);
        foreach (var word in new[] { "--version", "--help" })
        {
            var least = await Fresh.InTurnAsync(10 * options.Rounds, () => Published.AnswerAsync(program, word));
            yield return new($"start, {word}") { Seconds = least[0].Seconds };
        }
    }
}
