using System.Text.Json;
using System.Xml.Linq;

namespace Varve.Packaging;

/// <summary>
/// What a published program brings of others: read from its own list of libraries, and from the packages that it was built
/// with.
/// </summary>
internal static class ShippedPackages
{
    private const string List = "Varve.Cli.deps.json";

    /// <summary>The packages of a program, by name.</summary>
    /// <param name="program">The folder that it was published to.</param>
    /// <exception cref="PackagingException">It is no such folder, or a package is not where packages are kept, or has no
    /// licence.</exception>
    internal static IReadOnlyList<ShippedPackage> Of(string program) => Of(program, Folders());

    internal static IReadOnlyList<ShippedPackage> Of(string program, IReadOnlyList<string> packages)
    {
        var path = Path.Combine(program, List);
        if (!File.Exists(path))
            throw new PackagingException($"{program} has no {List}: name the folder that `dotnet publish` wrote.");
        using var list = JsonDocument.Parse(File.ReadAllText(path));
        return
        [
            .. list
                .RootElement.GetProperty("libraries")
                .EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() is "package" or "runtimepack")
                .Select(library => Read(library, packages))
                .OrderBy(p => p.Id, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static ShippedPackage Read(JsonProperty library, IReadOnlyList<string> packages)
    {
        var (id, version) = library.Name.Split('/') is [var name, var number]
            ? (name.Replace("runtimepack.", "", StringComparison.Ordinal), number)
            : throw new PackagingException($"{List} has a library {library.Name} without a version.");
        var folder =
            packages.Select(p => Path.Combine(p, id.ToLowerInvariant(), version)).FirstOrDefault(Directory.Exists)
            ?? throw new PackagingException(
                $"The package {id} {version} is not in {string.Join(" or ", packages)}: publish the program on this machine first."
            );
        var about = XDocument
            .Load(Directory.GetFiles(folder, "*.nuspec").Single())
            .Root!.Elements()
            .Single(e => e.Name.LocalName == "metadata");
        string? Said(string what) =>
            about.Elements().FirstOrDefault(e => e.Name.LocalName == what)?.Value.Trim() is { Length: > 0 } text ? text : null;
        var expression = about
            .Elements()
            .FirstOrDefault(e => e.Name.LocalName == "license" && (string?)e.Attribute("type") == "expression")
            ?.Value.Trim();
        var licence =
            expression
            ?? throw new PackagingException(
                $"The package {id} {version} names its licence by a file only. Read it, and say here which it is."
            );
        var hash =
            library.Value.TryGetProperty("sha512", out var sha) && sha.GetString() is { Length: > 0 } given
                ? given["sha512-".Length..]
                : null;
        return new(id, version, licence, hash, Said("projectUrl"), Said("copyright"), Texts(folder));
    }

    private static IReadOnlyList<(string Name, string Text)> Texts(string folder) =>
        [
            .. Directory
                .GetFiles(folder)
                .Where(file => IsOfLicence(Path.GetFileName(file)))
                .OrderBy(file => file, StringComparer.OrdinalIgnoreCase)
                .Select(file => (Path.GetFileName(file), File.ReadAllText(file).ReplaceLineEndings("\n").Trim('\n', '﻿'))),
        ];

    private static bool IsOfLicence(string name) =>
        new[] { "licen", "notice", "third", "copying" }.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase))
        && Path.GetExtension(name).ToLowerInvariant() is "" or ".txt" or ".md";

    // Runtimes are restored to the same folder as packages.
    private static IReadOnlyList<string> Folders() =>
        [
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        ];
}
