using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>Runs after the first: with nothing to do, and with one more hour.</summary>
internal sealed class RepeatedCase(Options options)
{
    private readonly Data _data = new(options);

    public async IAsyncEnumerable<Figure> NoopAsync()
    {
        var rolled = await _data.RolledAsync();
        var least = await Fresh.InTurnAsync(
            options.Rounds,
            () => Fresh.RunAsync("again", _data.Copy(rolled, "work"), PolicyTexts.Cascade("smallest"), "6")
        );
        var cold = least[0].Parts["first"];
        least[0].Parts.Remove("first");
        yield return new("noop, warm")
        {
            Seconds = least[0].Seconds,
            PeakBytes = least[0].PeakBytes,
            Rows = least[0].Rows,
            Note = least[0].Shares(),
        };
        yield return new("noop, first of its process") { Seconds = cold, Note = "with compiling what it calls" };
    }

    public async IAsyncEnumerable<Figure> IncrementalAsync()
    {
        var source = await _data.SourceAsync();
        int[] days = [1, 3, 6];
        var least = await Fresh.InTurnAsync(
            options.Rounds,
            [
                .. days.Select<int, Func<Task<Measured>>>(d =>
                    () => Fresh.RunAsync("hour", Cut(source, d), PolicyTexts.Cascade("smallest"), d.ToString(CultureInfo.InvariantCulture))
                ),
            ]
        );
        foreach (var (day, measured) in days.Zip(least))
        {
            yield return new($"incremental, {day} d and 1 h")
            {
                Seconds = measured.Seconds,
                BaselineSeconds = least[0].Seconds,
                Rows = measured.Rows,
                Note = measured.Shares(),
            };
        }
    }

    /// <summary>A copy that ends after some days.</summary>
    private string Cut(string source, int days)
    {
        var copy = _data.Copy(source, "work");
        Script.Execute(copy, $"DELETE FROM raw WHERE ts >= {Script.Timestamp(Data.Day(days))}; CHECKPOINT;");
        return copy;
    }
}
