using Varve.Archiving;
using Xunit;

namespace Varve.Tests.Archiving;

public sealed class ArchiveManifestTests
{
    private static readonly ArchiveManifest Whole = new()
    {
        Format = ArchiveManifest.Name,
        Policy = "machine \"ü\"",
        Table = "m.cpu",
        Time = "ts",
        Unit = Varve.Policies.TimeUnit.Milliseconds,
        From = "2025-01-01T00:00:00Z",
        To = "2025-01-02T00:00:00Z",
        Part = 2,
        Rows = 3,
        Bytes = 400,
        Sha256 = new('a', 64),
        RowHash = "36893488147419103229",
        HashedBy = "duckdb v1.5.6 hash",
        Columns = [new("ts", "BIGINT", 3, "1", "3", "6", null, null), new("v", "DOUBLE", 2, "0.0", "NaN", null, 1e-300, 1e-300)],
    };

    [Fact]
    public void What_is_written_is_read()
    {
        var text = Whole.Write();
        Assert.Equal(text, ArchiveManifest.Read(text).Write());
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.Contains("ü", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_letter_that_is_changed_shows()
    {
        var text = Whole.Write();
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]))
                continue;
            var edited = $"{text[..i]}{(text[i] == '7' ? '8' : '7')}{text[(i + 1)..]}";
            Assert.Throws<FormatException>(() => ArchiveManifest.Read(edited));
        }
    }

    [Theory]
    [InlineData("", "no manifest")]
    [InlineData("null", "is null")]
    [InlineData("{}", "no manifest")]
    [InlineData("[1]", "no manifest")]
    public void What_is_no_manifest_is_refused(string text, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => ArchiveManifest.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_format_is_named() =>
        Assert.Contains(
            "varve-archive/9",
            Assert.Throws<FormatException>(() => ArchiveManifest.Read((Whole with { Format = "varve-archive/9" }).Write())).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(2, 6.0, "the hash of all rows")]
    [InlineData(3, 6.0, "rows against")]
    [InlineData(2, 6.1, "the sum of v")]
    [InlineData(2, 6.000000001, null)]
    public void Contents_are_compared(long rows, double sum, string? said)
    {
        var columns = new ColumnTotals("v", "DOUBLE", 2, "1.0", "5.0", null, 6.0, 6.0);
        var one = new PartContent(2, "7", "x", [columns]);
        var other = new PartContent(rows, said == "the hash of all rows" ? "8" : "7", "x", [columns with { Total = sum }]);
        if (said is null)
            Assert.Null(one.DifferenceTo(other));
        else
            Assert.Contains(said, one.DifferenceTo(other), StringComparison.Ordinal);
        if (said == "the hash of all rows")
            Assert.Null(one.DifferenceTo(other with { HashedBy = "y" }));
    }
}
