using Varve.Policies;

namespace Varve.Archiving;

/// <summary>The locations that the operator declared, by name. A policy has names only.</summary>
internal sealed class ArchiveLocations(IReadOnlyDictionary<string, string> declared, IReadOnlyList<ArchiveKind> kinds)
{
    private readonly Dictionary<string, IArchiveStore> _open = new(StringComparer.Ordinal);

    /// <summary>True where the operator declared the name.</summary>
    /// <exception cref="PolicyException">Two declarations have the name.</exception>
    public bool Knows(string name) => Text(name) is not null;

    /// <summary>What to say of a name that is not declared.</summary>
    public string Undeclared(string name)
    {
        var others = declared.Keys.Order(StringComparer.Ordinal).ToList();
        var hint = others.Count == 0 ? "" : $" Declared are: {string.Join(", ", others)}.";
        return $"The archive location `{name}` is not declared here. Set {LocationNames.Variable(name)} to a folder, or to s3://bucket/prefix, or give --archive {name}=PATH.{hint}";
    }

    /// <summary>The store of a location.</summary>
    /// <exception cref="PolicyException">It is not declared, or its text cannot be understood.</exception>
    public IArchiveStore Open(string name)
    {
        var text = Text(name) ?? throw new PolicyException(WorkCodes.UnknownLocation, Undeclared(name));
        if (_open.TryGetValue(text, out var store))
            return store;
        var scheme = text.IndexOf("://", StringComparison.Ordinal) is > 0 and var at ? text[..at] : "file";
        store =
            scheme == "file"
                ? new FolderStore(Folder(name, text))
                : (
                    kinds.FirstOrDefault(k => k.Scheme == scheme)
                    ?? throw new PolicyException(
                        WorkCodes.BadLocation,
                        $"The archive location `{name}` begins with {scheme}://, which is no kind of place that archives can be kept in. Declare a folder (/path or file:///path){string.Concat(kinds.Select(k => $" or {k.Scheme}://…"))}."
                    )
                ).Open(text);
        return _open[text] = store;
    }

    private string? Text(string name) =>
        declared.Where(d => LocationNames.Key(d.Key) == LocationNames.Key(name) && !string.IsNullOrWhiteSpace(d.Value)).ToList() switch
        {
            [] => null,
            [var only] => only.Value.Trim(),
            [var one, var other, ..] => throw new PolicyException(
                WorkCodes.BadLocation,
                $"The archive locations `{one.Key}` and `{other.Key}` are both spelled {LocationNames.Variable(name)}, and are one name. Take one of them away, or give it another name."
            ),
        };

    private static string Folder(string name, string text)
    {
        var path =
            text.StartsWith("file://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var uri)
                ? uri.LocalPath
                : text;
        if (path.IndexOfAny(['*', '?', '[', ']', '\0']) >= 0)
            throw new PolicyException(
                WorkCodes.BadLocation,
                $"The archive location `{name}` is {path}, and a path with * ? [ ] would be taken for a pattern. Declare another folder."
            );
        return Path.GetFullPath(path);
    }
}

/// <summary>How the name of a location is spelled where it is declared.</summary>
public static class LocationNames
{
    /// <summary>What the names of variables begin with.</summary>
    public const string Prefix = "VARVE_ARCHIVE_";

    /// <summary>The variable that declares a location: upper case, with <c>_</c> for <c>-</c> and <c>.</c></summary>
    public static string Variable(string name) => Prefix + Key(name);

    internal static string Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToUpperInvariant().Replace('-', '_').Replace('.', '_');
    }
}
