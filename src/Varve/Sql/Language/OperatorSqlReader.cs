using System.Diagnostics.CodeAnalysis;

namespace Varve.Sql;

/// <summary>
/// Cuts a person's statement at its holes. It knows quotes and comments only as far as it must: a hole inside of them would
/// be text, and a semicolon there ends nothing.
/// </summary>
internal sealed class OperatorSqlReader(string text)
{
    private readonly List<OperatorPiece> _pieces = [];
    private OperatorMistake? _mistake;
    private int _from;
    private int _at;
    private int _end = -1;
    private bool _hasContent;

    /// <summary>The pieces in their order; null where there is a mistake.</summary>
    internal IReadOnlyList<OperatorPiece>? Read([NotNullWhen(false)] out OperatorMistake? mistake)
    {
        while (_at < text.Length && _mistake is null)
            Next();
        if (_mistake is null && !_hasContent)
            Wrong(0, "There is no statement in it.");
        Cut(_end < 0 ? text.Length : _end);
        mistake = _mistake;
        return mistake is null ? _pieces : null;
    }

    private char Here(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private void Next()
    {
        switch (Here())
        {
            case '\0':
                Wrong(_at, "A NUL character stands in it.");
                return;
            case '-' when Here(1) == '-':
                _at = text.IndexOf('\n', _at) is >= 0 and var line ? line + 1 : text.Length;
                return;
            case '/' when Here(1) == '*':
                Comment();
                return;
            case var blank when char.IsWhiteSpace(blank):
                _at++;
                return;
            case ';':
                End();
                return;
        }

        if (_end >= 0)
        {
            Wrong(_at, "A second statement begins here. A query is one statement; write two queries.");
            return;
        }

        _hasContent = true;
        switch (Here())
        {
            case '\'':
                Quoted('\'', "a text", hasEscapes: false);
                return;
            case '"':
                Quoted('"', "a name", hasEscapes: false);
                return;
            case '$':
                Dollar();
                return;
            case '{':
                Brace();
                return;
            default:
                Word();
                return;
        }
    }

    // A word as a whole, so that a dollar inside of a name is no parameter.
    private void Word()
    {
        if (!IsOfName(Here()))
        {
            _at++;
            return;
        }

        while (IsOfName(Here()) || Here() == '$')
            _at++;
        if (Here() == '\'' && text[_at - 1] is 'E' or 'e' && (_at < 2 || !IsOfName(text[_at - 2])))
            Quoted('\'', "a text", hasEscapes: true);
    }

    private void Comment()
    {
        var begun = _at;
        var depth = 0;
        do
        {
            if (_at >= text.Length)
            {
                Wrong(begun, "A comment begins here and does not end.");
                return;
            }

            if (Here() == '/' && Here(1) == '*')
                (depth, _at) = (depth + 1, _at + 2);
            else if (Here() == '*' && Here(1) == '/')
                (depth, _at) = (depth - 1, _at + 2);
            else
                _at++;
        } while (depth > 0);
    }

    private void Quoted(char quote, string what, bool hasEscapes)
    {
        var begun = _at++;
        while (_at < text.Length)
        {
            if (hasEscapes && Here() == '\\')
            {
                _at += 2;
                continue;
            }

            if (Here() == quote)
            {
                if (Here(1) != quote)
                {
                    _at++;
                    Inside(begun);
                    return;
                }

                _at++;
            }

            _at++;
        }

        Wrong(begun, $"The quote of {what} opens here and does not close.");
    }

    private void Dollar()
    {
        var tag = _at + 1;
        while (tag < text.Length && IsOfName(text[tag]))
            tag++;
        if (tag >= text.Length || text[tag] != '$' || char.IsAsciiDigit(Here(1)))
        {
            Wrong(_at, "A parameter stands here, and {from} and {to} are the only ones.");
            return;
        }

        var (begun, mark) = (_at, text[_at..(tag + 1)]);
        var close = text.IndexOf(mark, tag + 1, StringComparison.Ordinal);
        if (close < 0)
        {
            Wrong(begun, $"The text in {mark} opens here and does not close.");
            return;
        }

        _at = close + mark.Length;
        Inside(begun);
    }

    private void Brace()
    {
        var close = text.IndexOf('}', _at);
        var name = close < 0 ? "" : text[(_at + 1)..close];
        if (name is "from" or "to")
        {
            Cut(_at);
            _pieces.Add(new("", name == "from" ? OperatorHole.From : OperatorHole.To));
            _from = _at = close + 1;
        }
        else if (name.Length > 0 && name.All(IsOfName))
        {
            Wrong(_at, $"There is no {{{name}}}: {{from}} and {{to}} are all that is put in.");
        }
        else
        {
            _at++;
        }
    }

    // What is inside of quotes is text, so a value would not get there.
    private void Inside(int begun)
    {
        foreach (var hole in new[] { "{from}", "{to}" })
        {
            if (text.IndexOf(hole, begun, _at - begun, StringComparison.Ordinal) is >= 0 and var found)
                Wrong(found, $"{hole} stands in quotes, where it is text. Take the quotes away: it is a timestamp by itself.");
        }
    }

    private void End()
    {
        if (_end < 0)
            _end = _at;
        _at++;
    }

    private void Cut(int to)
    {
        if (to > _from)
            _pieces.Add(new(text[_from..to], OperatorHole.None));
        _from = to;
    }

    private void Wrong(int offset, string message) => _mistake ??= new(offset, message);

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c == '_';
}
