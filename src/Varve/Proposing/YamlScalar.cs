using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Varve.Proposing;

/// <summary>A name as a YAML scalar that reads back as that name, whatever is in it.</summary>
internal static partial class YamlScalar
{
    private static readonly HashSet<string> s_words = new(
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "auto", "forever"],
        StringComparer.OrdinalIgnoreCase
    );

    public static string Write(string text)
    {
        if (Plain().IsMatch(text) && !s_words.Contains(text))
            return text;
        return text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF')
            ? Escaped(text)
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    public static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Write))}]";

    private static string Escaped(string text)
    {
        var written = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                written.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF')
                written.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                written.Append(c);
        }

        return written.Append('"').ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
