using NodaTime;
using Varve.Server.Home;

namespace Varve.Server;

/// <summary>
/// Every message that the server logs, each with a number of its own. They are of one type because the generator writes types
/// in no certain order, and a build that is done again would have other bytes.
/// </summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "run {Run} of {Connection}/{Policy}: {State}")]
    public static partial void ScheduledRunEnded(this ILogger log, string run, string connection, string policy, RunState state);

    [LoggerMessage(2, LogLevel.Error, "run {Run} of {Connection}/{Policy} failed: {Code}: {Message}")]
    public static partial void ScheduledRunFailed(
        this ILogger log,
        string run,
        string connection,
        string policy,
        string code,
        string message
    );

    [LoggerMessage(3, LogLevel.Warning, "{Schedule}: nothing succeeded within {Within}")]
    public static partial void IsOverdue(this ILogger log, string schedule, string within);

    [LoggerMessage(4, LogLevel.Warning, "{Schedule}: the clock was set back to {Now}; its instants count from here on")]
    public static partial void ClockWasSetBack(this ILogger log, string schedule, Instant now);

    [LoggerMessage(10, LogLevel.Warning, "{Connection}: its policies cannot be read: {Code}: {Message}")]
    public static partial void PoliciesUnread(this ILogger log, string connection, string code, string message);

    [LoggerMessage(11, LogLevel.Warning, "nothing is decided until the home can be written again: {Code}: {Message}")]
    public static partial void HomeIsAway(this ILogger log, string code, string message);

    [LoggerMessage(12, LogLevel.Information, "the home answers again")]
    public static partial void HomeIsBack(this ILogger log);

    [LoggerMessage(13, LogLevel.Information, "this server leads: {Server}")]
    public static partial void Leads(this ILogger log, string server);

    [LoggerMessage(14, LogLevel.Information, "another server leads: {Leader}")]
    public static partial void Follows(this ILogger log, string leader);

    [LoggerMessage(20, LogLevel.Error, "how run {Run} ended could not be written down; the next start takes it up")]
    public static partial void EndUnwritten(this ILogger log, Exception error, string run);

    [LoggerMessage(21, LogLevel.Warning, "how run {Run} ended is written down when the home answers again: {Message}")]
    public static partial void EndWaits(this ILogger log, string run, string message);

    [LoggerMessage(30, LogLevel.Error, "{Method} {Path} met a defect")]
    public static partial void Defect(this ILogger log, Exception defect, string method, PathString path);

    [LoggerMessage(31, LogLevel.Warning, "backfill {Backfill} cannot go on yet: {Code}: {Message}")]
    public static partial void BackfillWaits(this ILogger log, string backfill, string code, string message);

    [LoggerMessage(40, LogLevel.Warning, "{Target} was not told of {Kind}, attempt {Attempt}: {Answer}")]
    public static partial void NotTold(this ILogger log, string target, string kind, int attempt, string answer);

    [LoggerMessage(41, LogLevel.Warning, "what is to be told cannot be read: {Code}: {Message}")]
    public static partial void NoticesUnread(this ILogger log, string code, string message);

    [LoggerMessage(42, LogLevel.Debug, "{Connection}: what waits cannot be read: {Code}: {Message}")]
    public static partial void WaitsUnread(this ILogger log, string connection, string code, string message);

    [LoggerMessage(50, LogLevel.Information, "the configuration was read again; it declares {Count} connections")]
    public static partial void ConfigurationTaken(this ILogger log, int count);

    [LoggerMessage(51, LogLevel.Warning, "`{Key}` changed in the configuration: it is in force after a restart")]
    public static partial void NeedsRestart(this ILogger log, string key);

    [LoggerMessage(52, LogLevel.Error, "the configuration has a mistake, and the one before it stays in force: {Message}")]
    public static partial void ConfigurationMistaken(this ILogger log, string message);

    [LoggerMessage(53, LogLevel.Warning, "the configuration is taken up when the home answers: {Message}")]
    public static partial void ConfigurationWaits(this ILogger log, string message);

    [LoggerMessage(54, LogLevel.Error, "The heads of audit logs cannot be written to {File}: {Message}")]
    public static partial void HeadsUnwritten(this ILogger log, string file, string message);

    [LoggerMessage(55, LogLevel.Warning, "{Connection}: the head of its audit log cannot be read: {Message}")]
    public static partial void HeadUnread(this ILogger log, string connection, string message);

    [LoggerMessage(56, LogLevel.Warning, "the log of the home grows until it can be shortened: {Message}")]
    public static partial void LogIsLong(this ILogger log, string message);

    [LoggerMessage(60, LogLevel.Warning, "a sign-in with OpenID Connect failed: {Kind}")]
    public static partial void SignInFailed(this ILogger log, string kind);
}
