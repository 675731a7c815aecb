namespace Varve.Policies;

/// <summary>The keys of one mapping: unknown ones and those that come later are reported when it is made.</summary>
internal sealed class KeyReader
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly string _parent;

    internal KeyReader(YamlNode.Mapping mapping, string path, string parent, PolicyReading reading)
    {
        (_path, _parent, Reading, Mapping) = (path, parent, reading, mapping);
        var keys = PolicyKeys.Under(parent);
        foreach (var entry in mapping.Entries)
        {
            reading.Positions[PathOf(entry.Key)] = entry.Position;
            var key = keys.FirstOrDefault(k => k.Name == entry.Key);
            if (key is { IsLater: false })
            {
                _values.Add(entry.Key, entry.Value);
            }
            else if (key is not null)
            {
                reading.Report(
                    PolicyCodes.NotYet,
                    entry.Position,
                    PathOf(entry.Key),
                    $"`{PathOf(entry.Key)}` is not built yet. Take it out: nothing is ignored in silence."
                );
            }
            else
            {
                reading.Report(PolicyCodes.UnknownKey, entry.Position, PathOf(entry.Key), Unknown(entry.Key, keys));
            }
        }
    }

    internal PolicyReading Reading { get; }

    internal YamlNode.Mapping Mapping { get; }

    internal YamlNode? this[string name] => _values.GetValueOrDefault(name);

    internal string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    internal PolicyKey Key(string name) => PolicyKeys.Of(_parent.Length == 0 ? name : $"{_parent}.{name}");

    /// <summary>Reads a value where the key is given; null where it is not, or where it was refused.</summary>
    internal T? Read<T>(string name, Func<PolicyReading, YamlNode, string, T?> read)
        where T : class => this[name] is { } node ? read(Reading, node, PathOf(name)) : null;

    /// <summary>The same for values.</summary>
    internal T? Read<T>(string name, Func<PolicyReading, YamlNode, string, T?> read)
        where T : struct => this[name] is { } node ? read(Reading, node, PathOf(name)) : null;

    /// <summary>One of an enumeration; the default where the key is not given or was refused.</summary>
    internal T Enum<T>(string name)
        where T : struct, Enum =>
        this[name] is { } node && Reading.TryEnum<T>(node, PathOf(name), Key(name), out var value) ? value.Value : default;

    /// <summary>Reports a required key that is missing.</summary>
    internal void Require(string name)
    {
        if (Mapping.Entries.All(e => e.Key != name))
        {
            Reading.Report(
                PolicyCodes.MissingKey,
                Mapping.Position,
                _path,
                $"{(_path.Length == 0 ? "The policy" : $"`{_path}`")} has no `{name}`. {Key(name).Meaning}"
            );
        }
    }

    private string Unknown(string written, IReadOnlyList<PolicyKey> keys)
    {
        var here = _path.Length == 0 ? "a policy" : $"`{_path}`";
        string[] names = [.. keys.Where(k => !k.IsLater).Select(k => k.Name)];
        if (Suggestions.To(written, names) is [var best, ..])
            return $"There is no key `{written}` in {here}. Did you mean `{best}`?";
        return PolicyKeys.All.FirstOrDefault(k => k.Name == written && k.Parent != _parent && !k.IsLater) is { } elsewhere
            ? $"There is no key `{written}` in {here}; {(elsewhere.Parent.Length == 0 ? $"`{written}` stands beside `table`" : $"there is `{elsewhere.Path}`")}."
            : $"There is no key `{written}` in {here}. There are {Suggestions.Listed(names)}.";
    }
}
