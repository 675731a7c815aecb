using System.Text;
using System.Text.RegularExpressions;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A statement as the catalogs show it: names without quotes they do not need, one blank between words.</summary>
internal static partial class Printer
{
    internal static string Text(IReadOnlyList<Node> nodes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < nodes.Count; at++)
        {
            var node = nodes[at];
            if (at > 0 && !IsTight(nodes[at - 1], node))
                text.Append(' ');
            text.Append(
                node.Kind switch
                {
                    NodeKind.Text => PgName.Literal(node.Text),
                    NodeKind.Quoted => Plain().IsMatch(node.Text)
                        ? node.Text
                        : $"\"{node.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
                    NodeKind.Round => $"({Text(node.Inner)})",
                    NodeKind.Square => $"[{Text(node.Inner)}]",
                    NodeKind.Curly => $"{{{Text(node.Inner)}}}",
                    _ => node.Text,
                }
            );
        }

        return text.ToString();
    }

    private static bool IsTight(Node before, Node node) =>
        node.IsSymbol(",")
        || node.IsSymbol(".")
        || before.IsSymbol(".")
        || node.IsSymbol("::")
        || before.IsSymbol("::")
        || (
            node.Kind is NodeKind.Round
            && before.Kind is NodeKind.Word
            && !before.Is("as", "in", "and", "or", "from", "not", "when", "then", "else")
        )
        || (node.Kind is NodeKind.Square && before.IsName);

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z")]
    private static partial Regex Plain();
}
