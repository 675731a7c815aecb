using NodaTime;
using Varve.Archiving;
using Varve.Databases;
using Varve.Server.Home;
using Varve.Time;

namespace Varve.Server.Configuration;

/// <summary>Where, and how often, the heads of audit logs are written to.</summary>
/// <param name="File">The file; lines are only ever appended. Null: an archive.</param>
/// <param name="Every">How often.</param>
internal sealed record AnchorSettings(string? File, Duration Every)
{
    private static readonly Duration s_usual = Duration.FromHours(1);
    private static readonly Duration s_least = Duration.FromSeconds(1);

    /// <summary>The archive location, each time with a file of its own; null: a file.</summary>
    public string? Archive { get; init; }

    /// <summary>Reads <c>audit_anchor:</c>; null where it is not given, or was refused.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="archives">The archive locations that are declared.</param>
    internal static AnchorSettings? Read(ConfigKeys file, IReadOnlyDictionary<string, string> archives)
    {
        if (file.Under("audit_anchor", "file", "archive", "every") is not { } keys)
            return null;
        if (keys.Has("file") == keys.Has("archive"))
        {
            keys.Wrong(
                "archive",
                "`audit_anchor` has one of `file`, a path such as /var/log/varve/audit-heads where whoever keeps the home cannot write, and `archive`, the name of an archive location."
            );
            return null;
        }

        var path = keys.Read("file", Appendable);
        var archive = keys.Read("archive", name => Declared(name, archives));
        var every = keys.Read("every", Often);
        return path is null && archive is null ? null : new(path, every?.Shortest ?? s_usual) { Archive = archive };
    }

    /// <summary>The place that it names.</summary>
    /// <param name="archives">The archive locations that are declared.</param>
    internal IAnchorBook Open(IReadOnlyDictionary<string, string> archives) =>
        File is { } path ? new AnchorFile(path) : new AnchorArchive(Archive!, Locations(archives).Open(Archive!));

    private static string Declared(string name, IReadOnlyDictionary<string, string> archives)
    {
        Locations(archives).Open(name);
        return name;
    }

    private static ArchiveLocations Locations(IReadOnlyDictionary<string, string> archives) => new(archives, DatabaseOpening.ArchiveKinds);

    private static Keep Often(string text) =>
        Keep.TryParse(text, out var keep, out var error) && !keep.IsForever && keep.Shortest >= s_least
            ? keep
            : throw ServeSettings.Wrong($"`audit_anchor.every`: {error ?? "it is a length of time from a second on, such as 15m or 1h."}");

    private static string Appendable(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            return path;
        }
        catch (Exception unwritable)
            when (unwritable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ServeSettings.Wrong($"`audit_anchor.file`: {path} cannot be written: {unwritable.Message}");
        }
    }
}
