using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Server.Home;

/// <summary>The head of an audit log as it was at an instant, written where whoever changes the log cannot reach.</summary>
/// <param name="At">When.</param>
/// <param name="Log">Which log: a connection, or <see cref="Server"/>.</param>
/// <param name="Entries">How many entries it had.</param>
/// <param name="Head">The hash of the newest.</param>
internal sealed record Anchor(Instant At, string Log, long Entries, string Head)
{
    /// <summary>The server's own log; no connection can have that name.</summary>
    internal const string Server = "(server)";

    /// <summary>One line of the file.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{InstantText.Format(At)} {Log} {Entries} {Head}");

    /// <summary>A line that was read; null where it is none, such as one that a full disk cut off.</summary>
    internal static Anchor? Parse(string line) =>
        line.Split(' ') is [var at, var log, var entries, { Length: 64 } head]
        && InstantText.TryParse(at, out var instant, out _)
        && long.TryParse(entries, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new(instant, log, count, head)
            : null;
}
