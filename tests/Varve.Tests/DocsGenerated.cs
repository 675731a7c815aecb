namespace Varve.Tests;

/// <summary>The part of a page that is made from the code, between two comments.</summary>
internal static class DocsGenerated
{
    private const string Begin = "<!-- generated: VARVE_APPROVE=1 ./test.sh -class 'Varve.Tests.Docs*' -->\n";
    private const string End = "<!-- end of what is generated -->\n";

    internal static void Compare(string page, IEnumerable<string> lines)
    {
        var path = Path.Combine(HouseRulesSource.Root, "docs", page);
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= Begin.Length && to >= from, $"{page} has no place for what is generated.");
        var made = $"{text[..from]}\n{string.Concat(lines.Select(line => line + "\n"))}\n{text[to..]}";
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            File.WriteAllText(path, made);
        else
            Assert.Equal(made, text);
    }
}
