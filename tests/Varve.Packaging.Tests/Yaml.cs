using YamlDotNet.RepresentationModel;

namespace Varve.Packaging.Tests;

/// <summary>A YAML file of the repository, read as it is.</summary>
internal static class Yaml
{
    internal static YamlMappingNode Of(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read(path.Split('/'))));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    /// <summary>What stands at a path of keys; null where one of them is missing.</summary>
    internal static YamlNode? At(this YamlNode node, params string[] keys) =>
        keys.Aggregate(
            (YamlNode?)node,
            (at, key) => at is YamlMappingNode map && map.Children.TryGetValue(key, out var next) ? next : null
        );

    internal static IReadOnlyList<string> Keys(this YamlNode? node) =>
        node is YamlMappingNode map ? [.. map.Children.Keys.Select(k => k.ToString())] : [];

    internal static IReadOnlyList<string> Items(this YamlNode? node) =>
        node is YamlSequenceNode list ? [.. list.Children.Select(i => i.ToString())] : [];
}
