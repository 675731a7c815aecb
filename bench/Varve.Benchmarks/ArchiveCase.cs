namespace Varve.Benchmarks;

/// <summary>
/// The older half is archived, proven and removed, then restored; against writing it with one COPY or INSERT and reading it
/// back with one query.
/// </summary>
internal sealed class ArchiveCase(Options options)
{
    private const string Policy = "policy: raw\ntable: raw\ntime: ts\nkeep: 3d\narchive: cold\n";

    private readonly Data _data = new(options);

    public async IAsyncEnumerable<Figure> MeasureAsync()
    {
        var source = await _data.SourceAsync();
        var least = await Fresh.InTurnAsync(
            options.Rounds,
            () => Fresh.RunAsync("archive", Emptied(source), Policy, "6"),
            () => Fresh.RunAsync("restore", Work, "raw"),
            () => Fresh.RunAsync("over", Emptied(source), "archive-copy.sql", "0", "3"),
            () => Fresh.RunAsync("over", Work, "archive-restore.sql", "0", "3"),
            () => Fresh.RunAsync("over", Emptied(source), "archive-unordered.sql", "0", "3"),
            () => Fresh.RunAsync("over", Work, "archive-restore-bare.sql", "0", "3")
        );
        if (least[0].Rows != _data.Rows / 2 || least[1].Rows != _data.Rows / 2)
            throw new InvalidOperationException(
                $"{least[0].Rows} rows were archived and {least[1].Rows} restored, not half of {_data.Rows}."
            );
        foreach (var figure in Figure.Against("archive, prove, expire", least[0], least[2], _data.Rows / 2))
            yield return figure;
        foreach (var figure in Figure.Against("… against COPY without order", least[0], least[4], _data.Rows / 2))
            yield return figure;
        foreach (var figure in Figure.Against("restore", least[1], least[3], _data.Rows / 2))
            yield return figure;
        foreach (var figure in Figure.Against("… against INSERT, not read back", least[1], least[5], _data.Rows / 2))
            yield return figure;
    }

    private string Work => Path.Combine(options.Folder, "work.duckdb");

    private string Emptied(string source)
    {
        var copy = _data.Copy(source, "work");
        if (Directory.Exists(Product.Cold(copy)))
            Directory.Delete(Product.Cold(copy), recursive: true);
        return copy;
    }
}
