using Varve.Policies;

namespace Varve.Tests;

/// <summary>docs/policy-reference.md is made from <see cref="PolicyKeys"/>.</summary>
public sealed class DocsPolicyReference
{
    [Fact]
    public void Every_key_is_in_the_reference() =>
        DocsGenerated.Compare(
            "policy-reference.md",
            [
                .. Table("Keys of a policy", PolicyKeys.All.Where(k => !k.IsLater && k.Parent.Length == 0)),
                .. PolicyKeys
                    .All.Where(k => !k.IsLater && k.Parent.Length > 0)
                    .GroupBy(k => k.Parent)
                    .SelectMany(g => Table($"Below `{g.Key}`", g)),
                "## Keys that come later",
                "",
                "They are refused by name until their feature is built.",
                "",
                "| key | what it will say |",
                "| --- | --- |",
                .. PolicyKeys.All.Where(k => k.IsLater).Select(k => $"| `{k.Path}` | {Cell(k.Meaning)} |"),
            ]
        );

    private static IEnumerable<string> Table(string title, IEnumerable<PolicyKey> keys) =>
        [
            $"## {title}",
            "",
            "| key | takes | without it | what it says |",
            "| --- | --- | --- | --- |",
            .. keys.Select(k => $"| `{k.Name}` | {Cell(Takes(k))} | {Cell(k.Default)} | {Cell(k.Meaning)} |"),
            "",
        ];

    private static string Takes(PolicyKey key)
    {
        var values = string.Join(", ", key.Choices.Select(c => $"`{c}`"));
        var takes = key.Kind switch
        {
            KeyKind.Name => "a name, as it is stored in the database",
            KeyKind.Table => "`schema.table`, `table`, or a pattern: `schema.*`",
            KeyKind.Tables => "a table or a pattern, or a list of them",
            KeyKind.Duration => "a duration: `90s`, `36h`, `7d`",
            KeyKind.Keep => "a duration, or `forever`",
            KeyKind.Width => "a width: `5m`, `1h`, `1d`, `1mo`",
            KeyKind.Instant => "an instant",
            KeyKind.Zone => "a zone: `Europe/Berlin`",
            KeyKind.Share => "a number from 0 to 1",
            KeyKind.Count => "a whole number from 1 to 1000",
            KeyKind.Truth => "`true` or `false`",
            KeyKind.Choice => values,
            KeyKind.Names => "a list of columns",
            KeyKind.Words => "a list of words",
            KeyKind.Choices => $"a list of {values}",
            KeyKind.Keys => "further keys, below",
            KeyKind.Place => "the name of a place, or an attribute and its value: `{ storage: cold }`",
            KeyKind.ListOfKeys when key.MayBeOne => "an entry or a list of them; the keys of an entry are below",
            KeyKind.ListOfKeys => "a list; the keys of an entry are below",
            KeyKind.MapOfKeys => "names, each with the keys below",
            _ => "text",
        };
        if (key.Short is { } shorthand && key.Kind == KeyKind.Keys)
            takes = $"its `{shorthand}` alone, or {takes}";
        return key.Word is { } word ? $"`{word}`, or {takes}" : takes;
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
