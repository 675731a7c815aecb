using System.Globalization;
using Varve.Policies;

namespace Varve.Server.Configuration;

/// <summary>The keys of one mapping of a configuration file. What is wrong is collected, each with its line and column.</summary>
internal sealed class ConfigKeys
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly YamlNode _node;
    private readonly string _path;
    private readonly List<Problem> _problems;

    /// <param name="node">The mapping; anything else is a problem, and has no keys.</param>
    /// <param name="path">What it is called in messages; empty for the file itself.</param>
    /// <param name="problems">Where problems go.</param>
    /// <param name="known">The keys that there are; null: they are free names.</param>
    internal ConfigKeys(YamlNode node, string path, List<Problem> problems, IReadOnlyList<string>? known)
    {
        (_node, _path, _problems) = (node, path, problems);
        if (node is not YamlNode.Mapping mapping)
        {
            Wrong(node, $"{(path.Length == 0 ? "A configuration" : $"`{path}`")} is keys and values, not {node.What}.");
            return;
        }

        foreach (var entry in mapping.Entries)
        {
            if (known?.Contains(entry.Key, StringComparer.Ordinal) == false)
                Report(entry.Position, Unknown(entry.Key, known));
            else
                _values.Add(entry.Key, entry.Value);
        }
    }

    /// <summary>Every key that is given, in the order of the file.</summary>
    internal IReadOnlyList<string> Names => [.. _values.Keys];

    internal bool Has(string name) => _values.ContainsKey(name);

    /// <summary>One value as text; null where it is not given, or was refused.</summary>
    internal string? Text(string name)
    {
        if (_values.GetValueOrDefault(name) is not { } node)
            return null;
        if (node is YamlNode.Scalar { IsNull: false } scalar)
            return scalar.Text;
        Wrong(node, $"`{PathOf(name)}` is one value, not {node.What}.");
        return null;
    }

    /// <summary>What a text says; what it throws is a problem of this key.</summary>
    internal T? Read<T>(string name, Func<string, T> read)
        where T : class
    {
        if (Text(name) is not { } text)
            return null;
        try
        {
            return read(text);
        }
        catch (PolicyException wrong)
        {
            Report(_values[name].Position, wrong.Message, wrong.Code);
            return null;
        }
    }

    /// <summary>A number in its bounds.</summary>
    internal int Number(string name, int without, int least, int most) => (int)(Amount(name, least, most) ?? without);

    /// <summary>A number that may be great; null where it is not given, or was refused.</summary>
    internal long? Amount(string name, long least, long most)
    {
        if (!Has(name))
            return null;
        if (
            _values[name] is YamlNode.Scalar { IsNumber: true } scalar
            && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return number;
        Wrong(
            _values[name],
            string.Create(CultureInfo.InvariantCulture, $"`{PathOf(name)}` is a number from {least} to {most}, not {_values[name].What}.")
        );
        return null;
    }

    internal bool Truth(string name)
    {
        if (!Has(name))
            return false;
        if (_values[name] is YamlNode.Scalar { Truth: { } truth })
            return truth;
        Wrong(_values[name], $"`{PathOf(name)}` is true or false, not {_values[name].What}.");
        return false;
    }

    /// <summary>A list of values, or one.</summary>
    internal IReadOnlyList<T> List<T>(string name, Func<string, T> read)
    {
        if (!Has(name))
            return [];
        List<T> all = [];
        IReadOnlyList<YamlNode> items = _values[name] is YamlNode.Sequence list ? list.Items : [_values[name]];
        foreach (var item in items)
        {
            try
            {
                if (item is YamlNode.Scalar { IsNull: false } scalar)
                    all.Add(read(scalar.Text));
                else
                    Wrong(item, $"`{PathOf(name)}` is a list of values, and {item.What} is none.");
            }
            catch (PolicyException wrong)
            {
                Report(item.Position, wrong.Message, wrong.Code);
            }
        }

        return all;
    }

    /// <summary>The keys under a key, free names where none are known; null where it is not given.</summary>
    internal ConfigKeys? Under(string name, params string[]? known) =>
        Has(name) ? new(_values[name], PathOf(name), _problems, known) : null;

    /// <summary>The free names under a key, each with its keys.</summary>
    internal IEnumerable<(string Name, ConfigKeys Keys)> Each(string name, params string[] known)
    {
        if (Under(name, known: null) is not { } names)
            yield break;
        foreach (var (key, value) in names._values)
            yield return (key, new(value, names.PathOf(key), _problems, known));
    }

    /// <summary>The free names under a key, each with its text; names whose text is refused are left out.</summary>
    /// <param name="name">The key.</param>
    /// <param name="check">Throws where a text cannot be: told with its name.</param>
    internal IReadOnlyDictionary<string, string> Texts(string name, Action<string, string> check)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        if (Under(name, known: null) is not { } names)
            return texts;
        foreach (var key in names.Names)
        {
            if (names.Read(key, text => Checked(key, text)) is { } text)
                texts.Add(key, text);
        }

        return texts;

        string Checked(string key, string text)
        {
            check(key, text);
            return text;
        }
    }

    /// <summary>A key that must be given.</summary>
    internal void Require(string name, string meaning)
    {
        if (!Has(name) && _node is YamlNode.Mapping)
            Wrong(_node, $"`{_path}` has no `{name}`: {meaning}.");
    }

    /// <summary>Something about a key, or about all of them together.</summary>
    internal void Wrong(string? name, string message) => Wrong(name is not null && Has(name) ? _values[name] : _node, message);

    private void Wrong(YamlNode node, string message) => Report(node.Position, message);

    private void Report(SourcePosition at, string message, string code = ServerCodes.Configuration) =>
        _problems.Add(new(code, message) { Position = at });

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private string Unknown(string written, IReadOnlyList<string> known)
    {
        var here = _path.Length == 0 ? "a configuration" : $"`{_path}`";
        return Suggestions.To(written, known) is [var best, ..]
            ? $"There is no key `{written}` in {here}. Did you mean `{best}`?"
            : $"There is no key `{written}` in {here}. There are {Suggestions.Listed(known)}.";
    }
}
