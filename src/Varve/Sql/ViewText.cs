using Varve.Policies;

namespace Varve.Sql;

/// <summary>
/// The text of somebody's view, as far as names tell what it reads: a relation by its name, a column by its name or a star.
/// An alias of the same name is taken for the column; what a name does not show, a function for example, is not seen.
/// </summary>
internal sealed class ViewText(string sql, StringComparison comparison)
{
    private readonly List<(string Text, bool IsName)> _words = [.. Words(sql)];

    /// <summary>True where it names the relation.</summary>
    public bool Names(TableName table)
    {
        for (var i = 0; i < _words.Count; i++)
        {
            if (!Is(i, table.Name))
                continue;
            var qualified = i > 1 && _words[i - 1].Text == "." && _words[i - 2].IsName;
            if (!qualified || table.Schema is null || Is(i - 2, table.Schema))
                return true;
        }

        return false;
    }

    /// <summary>True where it names the column, or reads all that there are.</summary>
    public bool Reads(string column)
    {
        for (var i = 0; i < _words.Count; i++)
            if (Is(i, column) || IsStar(i))
                return true;
        return false;
    }

    private bool Is(int word, string name) => _words[word].IsName && string.Equals(_words[word].Text, name, comparison);

    /// <summary>A star that stands where a column could begin is no product.</summary>
    private bool IsStar(int word) =>
        _words[word] == ("*", false)
        && (
            word == 0
            || _words[word - 1] is { IsName: false, Text: "," or "." or "(" }
            || (_words[word - 1].IsName && _words[word - 1].Text.ToUpperInvariant() is "SELECT" or "DISTINCT" or "ALL")
        );

    /// <summary>Names, in quotes or not, and signs; texts in single quotes are left out.</summary>
    private static IEnumerable<(string Text, bool IsName)> Words(string sql)
    {
        for (var i = 0; i < sql.Length;)
        {
            var start = i;
            if (sql[i] is '\'' or '"')
            {
                i = End(sql, i);
                if (sql[start] == '"')
                    yield return (sql[(start + 1)..(i - 1)].Replace("\"\"", "\"", StringComparison.Ordinal), true);
            }
            else if (IsLetter(sql[i]))
            {
                while (i < sql.Length && IsLetter(sql[i]))
                    i++;
                yield return (sql[start..i], true);
            }
            else
            {
                if (!char.IsWhiteSpace(sql[i]))
                    yield return (sql[i].ToString(), false);
                i++;
            }
        }
    }

    private static int End(string sql, int quote)
    {
        for (var i = quote + 1; i < sql.Length; i++)
        {
            if (sql[i] != sql[quote])
                continue;
            if (i + 1 == sql.Length || sql[i + 1] != sql[quote])
                return i + 1;
            i++;
        }

        return sql.Length;
    }

    private static bool IsLetter(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' || char.IsSurrogate(c);
}
