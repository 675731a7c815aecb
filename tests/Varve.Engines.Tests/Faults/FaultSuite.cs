using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Time;

namespace Varve.Engines.Tests.Faults;

/// <summary>A full disk and too little memory leave a step undone, never half done.</summary>
public abstract class FaultSuite(Func<FileScratch> create)
{
    private const string AsOf = "2025-01-12T00:00:00Z";

    [Theory]
    [InlineData(0, "")]
    [InlineData(64, "")]
    [InlineData(512, "")]
    [InlineData(2048, "")]
    [InlineData(0, "archive: cold")]
    [InlineData(512, "archive: cold")]
    public async Task A_full_disk_leaves_every_row_where_it_is_or_counted(int kilobytesLeft, string more)
    {
        await using var db = await PrepareAsync(more);
        await using var whole = db.Clone();
        Assert.Equal(0, (await ChildRun.RunAsync(whole, AsOf, "None", 0)).Code);
        var limit = (new FileInfo(db.File).Length / 1024) + kilobytesLeft;
        var (code, output) = await ChildRun.RunAsync(db, AsOf, "None", 0, FormattableString.Invariant($"ulimit -f {limit}"));
        Assert.True(code is 0 or 3 or 4 or > 128, $"exit {code}: {output}");
        await ExpectTheSameAfterRerunAsync(db, whole);
    }

    [Theory]
    [InlineData("16MB")]
    [InlineData("40MB")]
    public async Task Too_little_memory_leaves_every_row_where_it_is_or_counted(string memory)
    {
        await using var db = await PrepareAsync("");
        await using var whole = db.Clone();
        Assert.Equal(0, (await ChildRun.RunAsync(whole, AsOf, "None", 0)).Code);
        var (code, output) = await ChildRun.RunAsync(db, AsOf, "None", 0, $"export VARVE_KILLHOST_MEMORY={memory}");
        Assert.True(code is 0 or 3 or 4, $"exit {code}: {output}");
        await ExpectTheSameAfterRerunAsync(db, whole);
    }

    private static async Task ExpectTheSameAfterRerunAsync(FileScratch db, FileScratch whole)
    {
        var (code, output) = await ChildRun.RunAsync(db, AsOf, "None", 0);
        Assert.True(code == 0, output);
        Assert.Null((await Snapshot.TakeAsync(whole, "m")).DifferenceTo(await Snapshot.TakeAsync(db, "m")));
    }

    private async Task<FileScratch> PrepareAsync(string more)
    {
        var db = create();
        var table = new SourceTable(new("m", "cpu"), "ts", TimeKind.Timestamp, [new("host", ValueKind.Text), new("v", ValueKind.Double)]);
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(db.File)!, "cold"));
        var story = await Story.BeginAsync(
            db,
            table,
            $$"""
            table: m.cpu
            time: ts
            series: [host]
            measures: { v: [avg, min, max, first, last, stddev] }
            keep: 3d
            tiers: [{ every: 1m, keep: 20d }, { every: 1h }]
            {{more}}
            """
        );
        await db.ExecuteAsync(
            $"""
            INSERT INTO m.cpu SELECT {db.TimeLiteral(
                InstantText.Parse("2025-01-01"),
                TimeKind.Timestamp
            )} + INTERVAL 10 SECOND * i, 'host ' || (i % 7), (i * 7919 % 1021) / 1024
            FROM range(0, 100000) AS r(i)
            """
        );
        Assert.NotNull(story);
        return db;
    }
}
