using System.Globalization;
using System.Text;
using NodaTime;

namespace Varve.Cli.Running;

/// <summary>What a run did, as the text that Prometheus reads: for the textfile collector of its node exporter.</summary>
internal sealed class MetricsFile
{
    private const string Option = "--metrics-file";
    private const string Success = "varve_run_last_success_timestamp_seconds";

    private readonly string _path;

    private MetricsFile(string path) => _path = path;

    internal static MetricsFile At(string file) => new(OutputFile.Path(Option, file));

    /// <returns>Why it was not written; null where it was.</returns>
    internal async Task<string?> WriteAsync(RunOutcome outcome, Instant at, Duration took)
    {
        var text = new StringBuilder();
        One("varve_run_timestamp_seconds", "When the last run ended.", Seconds(at));
        var success = outcome.ExitCode == ExitCode.Done ? Seconds(at) : LastSuccess();
        if (success is { } last)
            One(Success, "When a run last ended with exit code 0.", last);
        One("varve_run_exit_code", "The exit code of the last run.", outcome.ExitCode);
        One("varve_run_duration_seconds", "How long the last run took.", took.TotalSeconds);
        Each("varve_policy_outcome", "How the last run of a policy ended: 1, with its word as a label.", _ => 1, withWord: true);
        Each("varve_policy_exit_code", "The exit code that the policy alone would have.", p => p.ExitCode);
        Each("varve_policy_steps_done", "Steps that the last run did.", p => p.Summary?.StepsDone ?? 0);
        Each("varve_policy_steps_left", "Steps that the last run left: stopped, failed or skipped.", p => p.Summary?.StepsLeft ?? 0);
        Each("varve_policy_rows_read", "Rows that the last run read.", p => p.Summary?.RowsRead ?? 0);
        Each("varve_policy_rows_written", "Rows that the last run wrote.", p => p.Summary?.RowsWritten ?? 0);
        Each("varve_policy_rows_removed", "Rows that the last run removed for good.", p => p.Summary?.RowsRemoved ?? 0);
        Each("varve_policy_duration_seconds", "How long the last run of the policy took.", p => p.Summary?.Elapsed.TotalSeconds ?? 0);
        return await RunReport.WriteAsync(Option, _path, text.ToString());

        void One(string name, string help, double value)
        {
            Head(name, help);
            text.Append(name).Append(' ').Append(Text(value)).Append('\n');
        }

        void Each(string name, string help, Func<PolicyOutcome, double> value, bool withWord = false)
        {
            if (outcome.Policies.Count == 0)
                return;
            Head(name, help);
            foreach (var policy in outcome.Policies)
            {
                text.Append(name).Append("{policy=\"").Append(Escaped(policy.Policy));
                if (withWord)
                    text.Append("\",outcome=\"").Append(Escaped(policy.Word));
                text.Append("\"} ").Append(Text(value(policy))).Append('\n');
            }
        }

        void Head(string name, string help) =>
            text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(" gauge\n");
    }

    /// <summary>A run that failed says nothing of the one before it: that is in the file that it replaces.</summary>
    private double? LastSuccess()
    {
        try
        {
            return
                File.ReadLines(_path).FirstOrDefault(l => l.StartsWith($"{Success} ", StringComparison.Ordinal)) is { } line
                && double.TryParse(line.AsSpan(Success.Length + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var at)
                ? at
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No such file yet, or one that cannot be read: writing it says more.
            return null;
        }
    }

    private static double Seconds(Instant at) => at.ToUnixTimeMilliseconds() / 1000.0;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string label) =>
        label
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
