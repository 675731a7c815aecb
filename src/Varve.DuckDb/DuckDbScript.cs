using System.Text;

namespace Varve.DuckDb;

/// <summary>Typed text as statements: a semicolon ends one, unless it stands in a string, a name or a comment.</summary>
public sealed class DuckDbScript
{
    private readonly StringBuilder _open = new();

    /// <summary>True where nothing is left but blanks and comments.</summary>
    public bool IsEmpty => !HasWords(_open.ToString());

    /// <summary>Adds text; the statements that it completes, without their semicolons.</summary>
    public IReadOnlyList<string> Add(string text)
    {
        _open.Append(text);
        List<string> statements = [];
        var all = _open.ToString();
        var from = 0;
        for (var at = 0; at < all.Length;)
        {
            if (all[at] == ';')
            {
                if (HasWords(all[from..at]))
                    statements.Add(all[from..at].Trim());
                from = ++at;
                continue;
            }

            var next = After(all, at);
            if (next < 0)
                break;
            at = next;
        }

        _open.Clear().Append(all[from..]);
        return statements;
    }

    /// <summary>What is left as a last statement, with no semicolon behind it; null for none.</summary>
    public string? End()
    {
        var rest = _open.ToString();
        _open.Clear();
        return HasWords(rest) ? rest.Trim() : null;
    }

    private static bool HasWords(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsWhiteSpace(text[at]) && !IsComment(text, at))
                return true;
            var next = After(text, at);
            if (next < 0)
                return false;
            at = next;
        }

        return false;
    }

    private static bool IsComment(string text, int at) => text.AsSpan(at).StartsWith("--") || text.AsSpan(at).StartsWith("/*");

    /// <summary>Behind the string, name, comment or letter that begins there; less than 0 where its end is not there yet.</summary>
    private static int After(string text, int at) =>
        text[at] switch
        {
            '\'' => Behind(text, at + 1, "'"),
            '"' => Behind(text, at + 1, "\""),
            '-' when text.AsSpan(at).StartsWith("--") => Behind(text, at + 2, "\n"),
            '/' when text.AsSpan(at).StartsWith("/*") => Behind(text, at + 2, "*/"),
            '$' when Dollars(text, at) is { } tag => Behind(text, at + tag.Length, tag),
            _ => at + 1,
        };

    // A quote that is doubled ends one string and begins the next: the whole is the same.
    private static int Behind(string text, int from, string end) =>
        text.IndexOf(end, from, StringComparison.Ordinal) is >= 0 and var found ? found + end.Length : -1;

    /// <summary>$$ or $word$; null for a parameter.</summary>
    private static string? Dollars(string text, int at)
    {
        var end = text.IndexOf('$', at + 1);
        if (end < 0)
            return null;
        var tag = text.AsSpan(at + 1, end - at - 1);
        foreach (var letter in tag)
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
                return null;
        return tag.IsEmpty || !char.IsAsciiDigit(tag[0]) ? text[at..(end + 1)] : null;
    }
}
