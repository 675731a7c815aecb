using Microsoft.Extensions.Logging;
using NodaTime;

namespace Varve;

/// <summary>Every message that Varve logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Policy}: run {Run} as of {AsOf} begins, {Steps} steps")]
    public static partial void RunBegins(this ILogger log, string policy, string run, Instant asOf, int steps);

    [LoggerMessage(
        2,
        LogLevel.Information,
        "{Policy}: run {Run} {Outcome}, {Steps} steps done, {Left} left, {Read} rows read, {Written} written, {Removed} removed, {Seconds} s"
    )]
    public static partial void RunEnds(
        this ILogger log,
        string policy,
        string run,
        string outcome,
        int steps,
        int left,
        long read,
        long written,
        long removed,
        double seconds
    );

    [LoggerMessage(3, LogLevel.Error, "{Policy}: the run failed")]
    public static partial void RunFailed(this ILogger log, VarveException error, string policy);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "{Policy}: nothing was removed: {Reason}, about {Rows} rows would go; a person has to confirm {Hash}"
    )]
    public static partial void Braked(this ILogger log, string policy, string reason, long rows, string hash);

    [LoggerMessage(5, LogLevel.Information, "{Policy}: not begun, the run was stopped before its turn")]
    public static partial void Postponed(this ILogger log, string policy);

    [LoggerMessage(6, LogLevel.Warning, "{Policy}: {Relation} waits for a person: {Reason}")]
    public static partial void Waits(this ILogger log, string policy, string relation, string reason);

    [LoggerMessage(7, LogLevel.Information, "Policies are looked at one by one: looking at all of them at once failed")]
    public static partial void LookFailed(this ILogger log, VarveException error);

    [LoggerMessage(10, LogLevel.Debug, "{Policy}: {Step} begins")]
    public static partial void StepBegins(this ILogger log, string policy, string step);

    [LoggerMessage(11, LogLevel.Debug, "{Policy}: {Step} is done, {Read} rows read, {Written} written, {Removed} removed, {Seconds} s")]
    public static partial void StepDone(
        this ILogger log,
        string policy,
        string step,
        long read,
        long written,
        long removed,
        double seconds
    );

    [LoggerMessage(12, LogLevel.Warning, "{Policy}: {Step} was skipped: {Reason}")]
    public static partial void StepSkipped(this ILogger log, string policy, string step, string reason);

    [LoggerMessage(13, LogLevel.Error, "{Policy}: {Step} failed and left nothing behind")]
    public static partial void StepFailed(this ILogger log, VarveException error, string policy, string step);

    [LoggerMessage(14, LogLevel.Information, "{Policy}: {Removed} rows of {Relation} were removed")]
    public static partial void RowsRemoved(this ILogger log, string policy, long removed, string relation);
}
