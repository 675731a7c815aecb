using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>What was found while one document is read: problems, and where each key stands.</summary>
internal sealed class PolicyReading(List<Problem> problems)
{
    private static readonly string[] NoTruth = ["yes", "no", "on", "off", "y", "n"];

    internal Dictionary<string, SourcePosition> Positions { get; } = new(StringComparer.Ordinal);

    /// <summary>True once a value could not be taken, so that rules which compare several values would mislead.</summary>
    internal bool IsSpoiled { get; private set; }

    internal void Report(string code, SourcePosition at, string path, string message)
    {
        IsSpoiled |= code != PolicyCodes.NotYet;
        problems.Add(new(code, message) { Position = at, Path = path });
    }

    internal void Wrong(YamlNode node, string path, string message) => Report(PolicyCodes.WrongValue, node.Position, path, message);

    /// <summary>Text; numbers, truth values and nothing are refused, because YAML does not read them as text.</summary>
    internal string? Text(YamlNode node, string path, string what)
    {
        if (node is not YamlNode.Scalar scalar)
        {
            Wrong(node, path, $"`{path}` is {what}, not {node.What}.");
            return null;
        }

        if (scalar.IsNull)
        {
            Wrong(
                node,
                path,
                $"`{path}` has no value. Write {what}{(scalar.Text.Length > 0 ? $", in quotes if it is called {scalar.Text}" : "")}."
            );
            return null;
        }

        if (scalar.Truth is not null || scalar.IsNumber)
        {
            Wrong(node, path, $"`{path}` is {what}, and {scalar.What} is none. Write it in quotes if that is meant: \"{scalar.Text}\".");
            return null;
        }

        return scalar.Text;
    }

    internal string? Name(YamlNode node, string path) =>
        Text(node, path, "a name") is not { } text ? null
        : text.Length > 0 ? text
        : Nothing(node, path, $"`{path}` is an empty name. Write one, or take the key out.");

    internal bool? Truth(YamlNode node, string path)
    {
        if (node is YamlNode.Scalar { Truth: { } truth })
            return truth;
        var hint =
            node is YamlNode.Scalar { IsPlain: true } s && NoTruth.Contains(s.Text, StringComparer.OrdinalIgnoreCase)
                ? $" In YAML 1.2 {s.Text} is text."
                : "";
        Wrong(node, path, $"`{path}` is true or false, not {node.What}.{hint}");
        return null;
    }

    internal double? Share(YamlNode node, string path)
    {
        if (
            node is YamlNode.Scalar { IsNumber: true } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= 1
        )
        {
            return number;
        }

        Wrong(
            node,
            path,
            $"`{path}` is a share from 0 to 1, not {node.What}.{(node is YamlNode.Scalar { Text: [.., '%'] } ? " Write 50% as 0.5." : "")}"
        );
        return null;
    }

    internal Keep? Keep(YamlNode node, string path, bool mayBeForever)
    {
        if (Raw(node, path, "a duration such as 36h or 7d") is not { } text)
            return null;
        if (!Time.Keep.TryParse(text, out var keep, out var error))
        {
            Wrong(node, path, $"`{path}`: {(mayBeForever ? error : error.Replace(", or forever.", ".", StringComparison.Ordinal))}");
            return null;
        }

        if (!keep.IsForever || mayBeForever)
            return keep;
        Wrong(node, path, $"`{path}` cannot be forever. Write a duration such as 2h.");
        return null;
    }

    internal Width? Width(YamlNode node, string path)
    {
        if (Raw(node, path, "a bucket width such as 15m or 1d") is not { } text)
            return null;
        if (Time.Width.TryParse(text, out var width, out var error))
            return width;
        Wrong(node, path, $"`{path}`: {error}");
        return null;
    }

    internal Instant? Instant(YamlNode node, string path)
    {
        if (Raw(node, path, "an instant such as 2025-01-01T06:00Z") is not { } text)
            return null;
        if (InstantText.TryParse(text, out var at, out var error))
            return at;
        Wrong(node, path, $"`{path}`: {error}");
        return null;
    }

    /// <summary>One of the choices of a key; what comes later is refused by name.</summary>
    internal string? Choice(YamlNode node, string path, PolicyKey key)
    {
        if (Raw(node, path, $"one of {Suggestions.Listed(key.Choices)}") is not { } text)
            return null;
        if (key.Choices.Contains(text, StringComparer.Ordinal))
            return text;
        if (PolicyKeys.LaterValues.GetValueOrDefault(key.Path, []).Contains(text, StringComparer.Ordinal))
        {
            Report(
                PolicyCodes.NotYet,
                node.Position,
                path,
                $"`{path}: {text}` is not built yet. Today there are {Suggestions.Listed(key.Choices)}."
            );
        }
        else
        {
            Wrong(node, path, $"`{path}` cannot be {node.What}. {Suggestions.Hint(text, key.Choices)}");
        }

        return null;
    }

    internal bool TryEnum<T>(YamlNode node, string path, PolicyKey key, [NotNullWhen(true)] out T? value)
        where T : struct, Enum
    {
        value = Choice(node, path, key) is { } text ? Enum.Parse<T>(text, ignoreCase: true) : null;
        return value is not null;
    }

    // Text or a number that was written where a unit is missing: the value's own error says it better.
    private string? Raw(YamlNode node, string path, string what) =>
        node is YamlNode.Scalar { IsNumber: true } number ? number.Text : Text(node, path, what);

    private string? Nothing(YamlNode node, string path, string message)
    {
        Wrong(node, path, message);
        return null;
    }
}
