using NodaTime;
using Varve.Time;

namespace Varve.Server.Configuration;

/// <summary>Where, and how often, the heads of audit logs are written to.</summary>
/// <param name="File">The file; lines are only ever appended.</param>
/// <param name="Every">How often.</param>
internal sealed record AnchorSettings(string File, Duration Every)
{
    private static readonly Duration s_usual = Duration.FromHours(1);
    private static readonly Duration s_least = Duration.FromSeconds(1);

    /// <summary>Reads <c>audit_anchor:</c>; null where it is not given, or was refused.</summary>
    internal static AnchorSettings? Read(ConfigKeys file)
    {
        if (file.Under("audit_anchor", "file", "every") is not { } keys)
            return null;
        keys.Require("file", "a path such as /var/log/varve/audit-heads, where whoever keeps the home cannot write");
        var path = keys.Read("file", Appendable);
        var every = keys.Read("every", Often);
        return path is null ? null : new(path, every?.Shortest ?? s_usual);
    }

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
