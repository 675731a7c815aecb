using System.Text.RegularExpressions;

namespace Varve.Policies;

/// <summary>A node of YAML 1.2 with its place. A closed family.</summary>
internal abstract partial record YamlNode
{
    private YamlNode(SourcePosition position) => Position = position;

    internal SourcePosition Position { get; }

    internal abstract string What { get; }

    /// <summary>
    /// One value as text; <paramref name="IsPlain"/> without quotes, so that it may be a number, a truth value or nothing.
    /// </summary>
    internal sealed partial record Scalar(string Text, bool IsPlain, SourcePosition Position) : YamlNode(Position)
    {
        internal bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

        internal bool? Truth =>
            !IsPlain
                ? null
                : Text switch
                {
                    "true" or "True" or "TRUE" => true,
                    "false" or "False" or "FALSE" => false,
                    _ => null,
                };

        internal bool IsNumber => IsPlain && Number().IsMatch(Text);

        internal override string What =>
            IsNull ? "nothing"
            : Truth is not null ? $"the truth value {Text}"
            : IsNumber ? $"the number {Text}"
            : $"\"{Text}\"";

        [GeneratedRegex(
            @"\A([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z",
            RegexOptions.CultureInvariant
        )]
        private static partial Regex Number();
    }

    /// <summary>A list.</summary>
    internal sealed record Sequence(IReadOnlyList<YamlNode> Items, SourcePosition Position) : YamlNode(Position)
    {
        internal override string What => "a list";
    }

    /// <summary>Keys and values in the order of the file, each key once.</summary>
    internal sealed record Mapping(IReadOnlyList<YamlEntry> Entries, SourcePosition Position) : YamlNode(Position)
    {
        internal override string What => "keys and values";
    }
}

/// <summary>A key and its value.</summary>
internal sealed record YamlEntry(string Key, SourcePosition Position, YamlNode Value);

/// <summary>One document of a file: its root, and its text as written.</summary>
internal sealed record YamlPart(YamlNode Root, string Text);
