namespace Varve.CrateDb.Http;

/// <summary>Takes secrets out of what a server says, and makes one short line of it.</summary>
internal sealed class Redactor
{
    private const string Mask = "***";
    private const int Longest = 300;

    // A longer secret first: a shorter one may be a part of it.
    private readonly IReadOnlyList<string> _secrets;

    public Redactor(IEnumerable<string> secrets) =>
        _secrets = [.. secrets.Where(s => s.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length)];

    /// <summary>The same with further secrets, those of one statement.</summary>
    public Redactor With(IReadOnlyList<string> secrets) => secrets.Count == 0 ? this : new([.. _secrets, .. secrets]);

    /// <summary>The first line, at most 300 characters, without a secret.</summary>
    public string Line(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        var line = new string([.. text.Trim().Split('\n')[0].Where(c => !char.IsControl(c))]);
        return line.Length <= Longest ? line : line[..Longest] + "…";
    }
}
