using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>A first run over everything, against SQL by hand that makes the same tables.</summary>
internal sealed class CascadeCase(Options options)
{
    private readonly Data _data = new(options);

    private string Days => _data.Days.ToString(CultureInfo.InvariantCulture);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        var source = await _data.SourceAsync();
        await AgreeAsync(source, "any");
        await AgreeAsync(source, "smallest");
        var least = await Fresh.InTurnAsync(
            options.Rounds,
            () => VarveAsync(source, "any"),
            () => HandAsync(source, "cascade-any.sql"),
            () => VarveAsync(source, "smallest"),
            () => HandAsync(source, "cascade-smallest.sql"),
            () => HandAsync(source, "cascade-plain.sql")
        );
        foreach (var figure in Figure.Against("cascade, ties any", least[0], least[1], _data.Rows))
            yield return figure;
        foreach (var figure in Figure.Against("cascade, ties smallest", least[2], least[3], _data.Rows))
            yield return figure;
        foreach (var figure in Figure.Against("cascade, plain SQL", least[0], least[4], _data.Rows))
            yield return figure;
        foreach (var figure in Figure.Against("cascade, smallest to any", least[2], least[0], _data.Rows))
            yield return figure;
        yield return Hand("cascade by hand, any", least[1]);
        yield return Hand("cascade by hand, smallest", least[3]);
    }

    private Figure Hand(string name, Measured hand) =>
        new(name)
        {
            Seconds = hand.Seconds,
            PeakBytes = hand.PeakBytes,
            Rows = _data.Rows,
        };

    /// <summary>Speed counts only where the tables are the same.</summary>
    private async Task AgreeAsync(string source, string ties)
    {
        var (varve, hand) = (_data.Copy(source, "varve"), _data.Copy(source, "hand"));
        await Fresh.RunAsync("run", varve, PolicyTexts.Cascade(ties), Days);
        await Fresh.RunAsync("script", hand, $"cascade-{ties}.sql", "0", Days);
        var differing = await Fresh.RunAsync("differences", varve, hand, "1m", "10m", "1h", "1d");
        if (differing.Rows != 0)
            throw new InvalidOperationException($"{differing.Rows} states differ from what the hand-written SQL makes (ties: {ties}).");
    }

    private Task<Measured> VarveAsync(string source, string ties) =>
        Fresh.RunAsync("run", _data.Copy(source, "work"), PolicyTexts.Cascade(ties), Days);

    private Task<Measured> HandAsync(string source, string script) =>
        Fresh.RunAsync("script", _data.Copy(source, "work"), script, "0", Days);
}
