namespace Varve.Benchmarks;

/// <summary>The older half goes: with the full proof, against the same proof by hand; and what cheaper ways cost.</summary>
internal sealed class ExpireCase(Options options)
{
    private readonly Data _data = new(options);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        var rolled = await _data.RolledAsync();
        var least = await Fresh.InTurnAsync(
            options.Rounds,
            () => VarveAsync(rolled, "full"),
            () => HandAsync(rolled, "expire-full.sql"),
            () => VarveAsync(rolled, "totals"),
            () => HandAsync(rolled, "expire-delete.sql")
        );
        if (least[0].Rows != _data.Rows / 2)
            throw new InvalidOperationException($"{least[0].Rows} rows went, not half of {_data.Rows}.");
        foreach (var figure in Figure.Against("expire, full proof", least[0], least[1], _data.Rows / 2))
            yield return figure;
        foreach (var figure in Figure.Against("expire, proof: totals", least[2], least[1], _data.Rows / 2))
            yield return figure;
        foreach (var figure in Figure.Against("expire, bare DELETE", least[3], least[1], _data.Rows / 2))
            yield return figure;
    }

    private Task<Measured> VarveAsync(string rolled, string proof) =>
        Fresh.RunAsync("run", _data.Copy(rolled, "work"), PolicyTexts.Expire("smallest", "3d", proof), "6");

    private Task<Measured> HandAsync(string rolled, string script) =>
        Fresh.RunAsync("script", _data.Copy(rolled, "work"), script, "0", "3");
}
