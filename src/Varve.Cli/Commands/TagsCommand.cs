using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary><c>varve tags</c>.</summary>
internal static class TagsCommand
{
    internal static Command Create() => new CliCommand("tags", "List the tags of stored policies", [.. CommonOptions.Anywhere], ActAsync);

    private static async Task<int> ActAsync(CommandContext call)
    {
        var lifecycle = call.Read();
        var policies = await CommonOptions.OrNoneAsync(call, lifecycle, lifecycle.PoliciesAsync(Selection.All, call.Cancellation));
        var tags = policies
            .SelectMany(p => p.Policy.Tags.Select(tag => (Tag: tag, p.Policy.Name)))
            .GroupBy(t => t.Tag, t => t.Name, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new TagShape(g.Key, [.. g]))
            .ToList();
        if (call.IsJson)
        {
            call.Print(new TagsShape(tags));
            return ExitCode.Done;
        }

        if (tags.Count == 0)
            call.Screen.Line(new Span("No stored policy has tags. Write tags: [prod, iot] in one and apply it.", Palette.Dim));
        var columns = new Columns("tag", ">policies", "which");
        foreach (var tag in tags)
            columns.Add(new Span(tag.Tag, Palette.Bold), HumanText.Number(tag.Policies.Count), string.Join(", ", tag.Policies));
        columns.Write(call.Screen, "");
        return ExitCode.Done;
    }
}
