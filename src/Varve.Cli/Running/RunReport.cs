using NodaTime;
using Varve.Cli.Render;

namespace Varve.Cli.Running;

/// <summary>
/// Who else hears of a run. A heartbeat is sent only where all went well, so that its absence is the alarm; the metrics are
/// written however the run ended. Neither of them stops or fails the run; what did not arrive is lost output.
/// </summary>
internal sealed class RunReport(Heartbeat? heartbeat, MetricsFile? metrics)
{
    private readonly long _begun = TimeProvider.System.GetTimestamp();

    /// <exception cref="PolicyException">One of them can be no such place; nothing was run.</exception>
    internal static RunReport To(string? heartbeat, string? metrics) =>
        new(heartbeat is null ? null : Heartbeat.To(heartbeat), metrics is null ? null : MetricsFile.At(metrics));

    /// <summary>The exit code of the run, or that of lost output.</summary>
    internal async Task<int> TellAsync(Screen screen, RunOutcome outcome)
    {
        var (code, at) = (outcome.ExitCode, Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()));
        List<string> lost = [];
        if (
            metrics is not null
            && await metrics.WriteAsync(outcome, at, Duration.FromTimeSpan(TimeProvider.System.GetElapsedTime(_begun))) is { } unwritten
        )
            lost.Add(unwritten);
        if (heartbeat is not null && code == ExitCode.Done && await heartbeat.SendAsync(outcome, at) is { } unsent)
            lost.Add(unsent);
        foreach (var text in lost)
            screen.Warn(new("warning ", Palette.Warn), $"{Outlet.Code}: {text} The run itself is not concerned.");
        return code == ExitCode.Done && lost.Count > 0 ? ExitCode.OutputLost : code;
    }

    /// <summary>Writes a file whole, so that nobody reads half of it.</summary>
    /// <returns>Why not; null where it is written.</returns>
    internal static async Task<string?> WriteAsync(string option, string path, string text)
    {
        var beside = $"{path}.{Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)}.tmp";
        try
        {
            try
            {
                await File.WriteAllTextAsync(beside, text, CancellationToken.None);
                File.Move(beside, path, overwrite: true);
                return null;
            }
            catch
            {
                File.Delete(beside);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{option} {path} could not be written: {error.Message.TrimEnd('.', ' ')}.";
        }
    }
}
