using System.Text;

namespace Varve.Packaging;

/// <summary>One text with every package, its copyright and its licence; a text that several packages share stands there once.</summary>
internal static class ThirdPartyNotices
{
    private static readonly string s_rule = new('-', 78);

    /// <exception cref="PackagingException">A package has neither a text of its licence nor one that is known here.</exception>
    internal static string Of(IReadOnlyList<ShippedPackage> packages)
    {
        var text = new StringBuilder("Varve brings software of others, each under its own licence.\n\n");
        foreach (var package in packages)
            text.Append($"{package.Id} {package.Version}: {package.Licence}\n{Line(package.Copyright)}{Line(package.Url)}");
        text.Append("  Inter, the font of pictures: OFL-1.1; its text is in Inter-OFL.txt\n");
        foreach (var (body, owners) in Bodies(packages))
            text.Append($"\n{s_rule}\n{string.Join(", ", owners)}\n{s_rule}\n\n{body}\n");
        return text.ToString();
    }

    private static string Line(string? said) => said is null ? "" : $"  {said.ReplaceLineEndings(" ")}\n";

    private static IEnumerable<(string Body, IReadOnlyList<string> Owners)> Bodies(IReadOnlyList<ShippedPackage> packages) =>
        packages
            .SelectMany(Own)
            .GroupBy(t => t.Body, StringComparer.Ordinal)
            .Select(g => (g.Key, (IReadOnlyList<string>)[.. g.Select(t => t.Owner)]));

    private static IEnumerable<(string Body, string Owner)> Own(ShippedPackage package) =>
        package.Texts.Count > 0 ? package.Texts.Select(t => (t.Text, $"{package.Id} ({t.Name})")) : [(Known(package), package.Id)];

    private static string Known(ShippedPackage package)
    {
        using var resource =
            typeof(ThirdPartyNotices).Assembly.GetManifestResourceStream($"{package.Licence}.txt")
            ?? throw new PackagingException(
                $"{package.Id} has no text of its licence, and packaging/Varve.Packaging/Texts has no {package.Licence}.txt."
            );
        using var reader = new StreamReader(resource);
        var text = reader.ReadToEnd().Trim('\n');
        return text.Replace(
            "COPYRIGHT",
            package.Copyright?.ReplaceLineEndings(" ") ?? $"Copyright (c) the authors of {package.Id}",
            StringComparison.Ordinal
        );
    }
}
