namespace Varve.Apps.Tests;

/// <summary>Text that a person has read and agreed to.</summary>
internal static class Approval
{
    internal static void Of(string name, string text)
    {
        var approved = Path.Combine(Tool.Repository, "tests", "Varve.Apps.Tests", "Approvals", $"{name}.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        var actual = string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";
        if (actual == expected)
            return;
        File.WriteAllText(Path.ChangeExtension(approved, ".received.txt"), actual);
        Assert.Equal(expected, actual);
    }
}
