using System.Globalization;
using System.Text;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A statement as a tree of words and brackets, comments left out.</summary>
internal sealed class Tokenizer
{
    private static readonly string[] s_pairs = ["::", "<>", "!=", "<=", ">=", "||", "~*", "!~", "->"];

    private readonly string _text;
    private int _at;
    private int _values;

    private Tokenizer(string text) => _text = text;

    /// <exception cref="CrateError">A bracket or a quote has no end.</exception>
    internal static IReadOnlyList<Node> Read(string statement)
    {
        var reader = new Tokenizer(statement);
        var nodes = reader.Until('\0');
        while (nodes is [.. var before, { Kind: NodeKind.Symbol, Text: ";" }])
            nodes = before;
        return nodes.Any(n => n.IsSymbol(";")) ? throw CrateError.Syntax(";") : nodes;
    }

    private List<Node> Until(char end)
    {
        List<Node> nodes = [];
        while (true)
        {
            Skip();
            if (_at == _text.Length)
                return end == '\0' ? nodes : throw CrateError.Syntax("<EOF>");
            var c = _text[_at];
            if (c == end)
            {
                _at++;
                return nodes;
            }

            if (c is ')' or ']' or '}')
                throw CrateError.Syntax(c.ToString());
            nodes.Add(Next(c));
        }
    }

    private Node Next(char c) =>
        c switch
        {
            '(' => Bracket(NodeKind.Round, ')'),
            '[' => Bracket(NodeKind.Square, ']'),
            '{' => Bracket(NodeKind.Curly, '}'),
            '\'' => new(NodeKind.Text, Quoted('\'')),
            '"' => new(NodeKind.Quoted, Quoted('"')),
            '?' => Value(),
            '$' => Numbered(),
            _ when char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])) => Number(),
            _ when char.IsLetter(c) || c == '_' => Word(),
            _ => Symbol(),
        };

    private Node Bracket(NodeKind kind, char end)
    {
        _at++;
        return new(kind, "", Until(end));
    }

    private Node Value()
    {
        _at++;
        return new(NodeKind.Value, (_values++).ToString(CultureInfo.InvariantCulture));
    }

    private Node Numbered()
    {
        var from = ++_at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        return new(
            NodeKind.Value,
            (int.Parse(_text.AsSpan(from, _at - from), CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture)
        );
    }

    private Node Number()
    {
        var from = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
            _at++;
        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            _at++;
            if (_text[_at] is '+' or '-')
                _at++;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
                _at++;
        }

        return new(NodeKind.Number, _text[from.._at]);
    }

    private Node Word()
    {
        var from = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '@' or '$'))
            _at++;
        return new(NodeKind.Word, _text[from.._at]);
    }

    private Node Symbol()
    {
        var pair = _at + 1 < _text.Length ? _text.Substring(_at, 2) : "";
        var symbol = s_pairs.Contains(pair) ? pair : _text[_at].ToString();
        _at += symbol.Length;
        return new(NodeKind.Symbol, symbol);
    }

    private string Quoted(char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] != quote)
                text.Append(_text[_at]);
            else if (_at + 1 < _text.Length && _text[_at + 1] == quote)
                text.Append(_text[_at++]);
            else
            {
                _at++;
                return text.ToString();
            }
        }

        throw CrateError.Syntax("<EOF>");
    }

    private void Skip()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at]))
                _at++;
            else if (_text.AsSpan(_at).StartsWith("--"))
                _at = _text.IndexOf('\n', _at) is >= 0 and var line ? line : _text.Length;
            else if (_text.AsSpan(_at).StartsWith("/*"))
                _at = _text.IndexOf("*/", _at, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : _text.Length;
            else
                return;
        }
    }
}
