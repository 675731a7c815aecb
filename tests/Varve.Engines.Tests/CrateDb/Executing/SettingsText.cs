using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Names with values: <c>WITH (number_of_replicas = 0, "blocks.write" = true)</c>.</summary>
internal static class SettingsText
{
    internal static IEnumerable<(string Name, string Value)> Read(IReadOnlyList<Node> nodes, RequestContext call) =>
        Nodes
            .Split(nodes, ",")
            .Select(setting =>
            {
                var equal = setting.ToList().FindIndex(n => n.IsSymbol("="));
                return (Name(Nodes.Slice(setting, 0, equal)), Value(Nodes.Slice(setting, equal + 1, setting.Count), call));
            });

    internal static string Name(IReadOnlyList<Node> nodes) => string.Concat(nodes.Select(n => n.IsName ? n.Name : n.Text));

    private static string Value(IReadOnlyList<Node> nodes, RequestContext call) =>
        nodes switch
        {
            [{ Kind: NodeKind.Value } value] => call.Value(value) is { ValueKind: JsonValueKind.String } text
                ? text.GetString()!
                : call.Value(value).GetRawText(),
            [{ Kind: NodeKind.Word } word] => word.Name,
            _ => string.Concat(nodes.Select(n => n.Text)),
        };
}
