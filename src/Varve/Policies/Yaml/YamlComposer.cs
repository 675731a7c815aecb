using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Varve.Policies;

/// <summary>Makes nodes from the events of the parser, with every problem that YAML itself has.</summary>
internal sealed class YamlComposer
{
    private const int Deepest = 32;

    private readonly string _text;
    private readonly string _file;
    private readonly List<Problem> _problems;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _depth;

    private YamlComposer(string text, string file, List<Problem> problems)
    {
        (_text, _file, _problems) = (text, file, problems);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The documents of a text; what follows a mistake in the syntax cannot be read.</summary>
    internal static IReadOnlyList<YamlPart> Compose(string text, string file, List<Problem> problems)
    {
        List<YamlPart> parts = [];
        var composer = new YamlComposer(text, file, problems);
        try
        {
            composer.Read(parts);
        }
        catch (YamlException broken)
        {
            composer.Broken(broken.Start, broken.End, Sentence(broken.Message));
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser's own slips on text that is cut off, such as a flow list without its end.
            var last = composer._parser.Current;
            composer.Broken(last?.Start ?? Mark.Empty, last?.End ?? Mark.Empty, "Something is not closed after this.");
        }

        return parts;
    }

    private void Broken(Mark start, Mark end, string what)
    {
        var at = new SourcePosition(_file, Math.Max(1, (int)start.Line), Math.Max(1, (int)start.Column));
        Report(PolicyCodes.Syntax, at, $"This is not YAML: {what}{TabHint(_text, at.Line, (int)end.Line)}");
    }

    private void Read(List<YamlPart> parts)
    {
        _parser.Consume<StreamStart>();
        var from = 0;
        while (_parser.TryConsume<DocumentStart>(out var start))
        {
            if (!start.IsImplicit)
                from = (int)start.End.Index;
            _anchors.Clear();
            var root = Node();
            var end = _parser.Consume<DocumentEnd>();
            var next = _parser.Accept<DocumentStart>(out var following) ? (int)following.Start.Index : _text.Length;
            parts.Add(new(root, _text[from..next].Trim('\r', '\n')));
            from = (int)end.End.Index;
        }
    }

    private YamlNode Node()
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value.Value, out var named)
                ? named
                : throw new YamlException(
                    alias.Start,
                    alias.End,
                    $"there is no anchor &{alias.Value.Value} before the alias *{alias.Value.Value}"
                );
        }

        if (!_parser.Accept<NodeEvent>(out var start))
        {
            throw new YamlException($"a value was expected, not {_parser.Current?.GetType().Name}");
        }

        if (++_depth > Deepest)
            throw new YamlException(start.Start, start.End, $"the values are nested deeper than {Deepest}");
        var at = At(start.Start);
        var plain = Tag(start, at);
        YamlNode node = start switch
        {
            MappingStart => Mapping(at),
            SequenceStart => Sequence(at),
            _ => _parser.Consume<Scalar>() is var scalar
                ? new YamlNode.Scalar(scalar.Value, plain && scalar.Style == ScalarStyle.Plain, at)
                : throw new InvalidOperationException(),
        };
        _depth--;
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = node;
        return node;
    }

    private YamlNode.Mapping Mapping(SourcePosition at)
    {
        _parser.Consume<MappingStart>();
        List<YamlEntry> entries = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node();
            var value = Node();
            if (key is not YamlNode.Scalar name)
            {
                Report(PolicyCodes.WrongValue, key.Position, $"A key is text; here {key.What} stands as a key.");
            }
            else if (name is { IsPlain: true, Text: "<<" })
            {
                Report(
                    PolicyCodes.WrongValue,
                    name.Position,
                    "Merge keys (<<) are not a part of YAML 1.2. Write the keys out, or use an alias for a whole value."
                );
            }
            else if (entries.Find(e => e.Key == name.Text) is { } first)
            {
                Report(
                    PolicyCodes.GivenTwice,
                    name.Position,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"`{name.Text}` stands twice: here and in line {first.Position.Line}. Keep one of them."
                    )
                );
            }
            else
            {
                entries.Add(new(name.Text, name.Position, value));
            }
        }

        return new(entries, at);
    }

    private YamlNode.Sequence Sequence(SourcePosition at)
    {
        _parser.Consume<SequenceStart>();
        List<YamlNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node());
        return new(items, at);
    }

    // True where a plain scalar keeps its YAML 1.2 meaning; !!str makes text of it.
    private bool Tag(NodeEvent start, SourcePosition at)
    {
        if (start.Tag.IsEmpty || start.Tag.IsNonSpecific)
            return true;
        if (start.Tag.Value == "tag:yaml.org,2002:str")
            return false;
        Report(PolicyCodes.WrongValue, at, $"The YAML tag {start.Tag.Value} has no meaning here. Take it out.");
        return true;
    }

    private SourcePosition At(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    private void Report(string code, SourcePosition at, string message) => _problems.Add(new(code, message) { Position = at });

    private static string Sentence(string message)
    {
        var text = message.StartsWith("(Line:", StringComparison.Ordinal)
            ? message[(message.IndexOf("): ", StringComparison.Ordinal) + 3)..]
            : message;
        return text.TrimEnd('.', ' ') + ".";
    }

    private static string TabHint(string text, int from, int to)
    {
        var lines = text.Split('\n').Skip(from - 1).Take(Math.Max(1, to - from + 2));
        return lines.Any(line => line[..^line.TrimStart().Length].Contains('\t', StringComparison.Ordinal))
            ? " A line is indented with a tab: YAML wants blanks."
            : "";
    }
}
