using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Varve;

/// <summary>
/// What a run tells whoever watches it: a span for each run and step, and counters. Nothing is collected where nobody
/// listens.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Varve";

    /// <summary>The span of one policy's run, from its lease on.</summary>
    internal const string Run = "varve.run";

    /// <summary>The span of one step, tries included.</summary>
    internal const string Step = "varve.step";

    internal const string Policy = "varve.policy";

    internal const string RunId = "varve.run.id";

    internal const string AsOf = "varve.as_of";

    internal const string Kind = "varve.step.kind";

    internal const string Relation = "varve.relation";

    internal const string Outcome = "varve.outcome";

    internal const string Error = "error.type";

    private static readonly Meter s_meter = new(Name);

    internal static ActivitySource Source { get; } = new(Name);

    internal static Counter<long> Runs { get; } = s_meter.CreateCounter<long>("varve.runs", "{run}", "Runs of a policy that ended.");

    internal static Counter<long> Steps { get; } = s_meter.CreateCounter<long>("varve.steps", "{step}", "Steps that ended.");

    internal static Histogram<double> StepSeconds { get; } =
        s_meter.CreateHistogram<double>(
            "varve.step.duration",
            "s",
            "How long a step took.",
            advice: new() { HistogramBucketBoundaries = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1800, 7200] }
        );

    internal static Counter<long> RowsRead { get; } =
        s_meter.CreateCounter<long>("varve.rows.read", "{row}", "Rows that were read from inputs.");

    internal static Counter<long> RowsWritten { get; } =
        s_meter.CreateCounter<long>("varve.rows.written", "{row}", "Rows that were written to tiers.");

    internal static Counter<long> RowsRemoved { get; } =
        s_meter.CreateCounter<long>("varve.rows.removed", "{row}", "Rows that were removed for good.");

    internal static Counter<long> ProofFailures { get; } =
        s_meter.CreateCounter<long>("varve.proof.failures", "{range}", "Ranges whose proof failed, so that they wait for a person.");
}
