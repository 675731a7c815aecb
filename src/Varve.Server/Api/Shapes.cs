using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Scheduling;
using Varve.Time;

namespace Varve.Server.Api;

// What the API takes and answers beside what the command line prints too. These names are a promise: add, never rename.

/// <summary>A part of a list, and where the next one begins.</summary>
/// <param name="Items">In a stable order.</param>
/// <param name="Next">The cursor of the next part; null at the end.</param>
internal sealed record PageShape<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>One or several policies as YAML.</summary>
internal sealed record YamlBody(string Yaml);

/// <summary>Who asks, and what they may do.</summary>
internal sealed record MeShape(string Subject, string Method, Role Role, string Tenant);

internal sealed record ConnectionShape(
    string Name,
    string Url,
    string Engine,
    string Tenant,
    int AtOnce,
    string Source,
    bool Queries,
    string? Trouble
)
{
    internal static ConnectionShape Of(ServerConnection c) =>
        new(
            c.Name,
            c.Setting.Url.ToString(),
            c.Setting.Url.Scheme,
            c.Setting.Tenant,
            c.Setting.AtOnce,
            c.Setting.Source,
            c.Setting.Queries,
            c.Trouble
        );
}

internal sealed record ConnectionBody(string Name, string Url, string? Tenant = null, int? AtOnce = null);

internal sealed record TriedShape(string Found);

internal sealed record RunBody(
    IReadOnlyList<string>? Policies = null,
    IReadOnlyList<string>? Tags = null,
    IReadOnlyList<string>? Confirm = null,
    string? AsOf = null,
    long? MaxRemove = null,
    string? For = null,
    bool Yes = false,
    string? Plan = null,
    string? AuditHead = null
);

/// <summary>A plan as it was answered, and the policies as YAML where it was made of a text.</summary>
internal sealed record StatementsBody(string Plan, string? Yaml = null);

internal sealed record RepairBody(IReadOnlyList<string>? Policies = null, IReadOnlyList<string>? Tags = null, bool DetachViews = false);

internal sealed record EndBody(bool Now = false);

internal sealed record HoldBody(string Reason, string? Relation = null, string? From = null, string? To = null, string? Until = null);

internal sealed record RangeBody(string From, string To);

internal sealed record PauseBody(string Reason, string? Until = null);

/// <summary>The pause of every schedule that is armed, of one database or of all.</summary>
internal sealed record PauseAllBody(string Reason, string? Until = null, string? Connection = null);

internal sealed record TokenBody(string Name, Role Role, string? Tenant = null, string? ExpiresIn = null);

internal sealed record TokenShape(
    string Id,
    TokenKind Kind,
    string Name,
    Role Role,
    string Tenant,
    Instant CreatedAt,
    string CreatedBy,
    Instant ExpiresAt,
    Instant? RevokedAt,
    Instant? UsedAt
)
{
    internal static TokenShape Of(StoredToken t) =>
        new(t.Id, t.Kind, t.Name, t.Role, t.Tenant, t.CreatedAt, t.CreatedBy, t.ExpiresAt, t.RevokedAt, t.UsedAt);
}

/// <summary>A token with its secret, which is told this once.</summary>
internal sealed record NewTokenShape(string Secret, TokenShape Token);

internal sealed record TablesShape(IReadOnlyList<TableShape> Tables);

/// <summary>A table, and the policy that keeps it, or the pattern for which the next run takes it up; null for none.</summary>
internal sealed record TableShape(string Table, string? Policy);

internal sealed record RevisionShape(
    int Revision,
    string Hash,
    Instant AppliedAt,
    string AppliedBy,
    string Yaml,
    IReadOnlyList<PolicyDifference> Changes
);

internal sealed record RevisionsShape(string Policy, IReadOnlyList<RevisionShape> Revisions);

internal sealed record HoldsShape(IReadOnlyList<Planning.Hold> Holds);

internal sealed record PauseShape(Instant Since, string By, string Reason, Instant? Until);

internal sealed record ScheduleStateShape(
    string Connection,
    string? Policy,
    string? Query,
    string Rule,
    string Zone,
    PauseShape? Paused,
    int Failures,
    Instant? RestsUntil,
    Instant? Succeeded,
    Instant? OverdueSince,
    bool SkipsNext,
    IReadOnlyList<UpcomingShape> Next
)
{
    private const int Shown = 10;

    internal static ScheduleStateShape Of(ScheduleView v, Instant now) =>
        new(
            v.State.Key.Connection,
            v.Query is null ? v.State.Key.Policy : null,
            v.Query is null ? null : v.State.Key.Policy,
            v.Schedule.Text,
            v.Times.Zone.Id,
            v.State.Pause is { } p ? new(p.Since, p.By, p.Reason, p.Until) : null,
            v.State.Failures,
            v.State.CircuitUntil is { } until && until > now ? until : null,
            v.State.Succeeded,
            v.State.Overdue,
            v.State.SkipBy is not null,
            [
                .. v
                    .Times.Upcoming(now, Shown)
                    .Select(o => new UpcomingShape(
                        o.Scheduled,
                        OffsetDateTimePattern.Rfc3339.Format(o.Scheduled.InZone(v.Times.Zone).ToOffsetDateTime()),
                        o.Due
                    )),
            ]
        );
}

internal sealed record SchedulesShape(IReadOnlyList<ScheduleStateShape> Schedules);

internal sealed record TokensShape(IReadOnlyList<TokenShape> Tokens);

internal sealed record ConnectionsShape(IReadOnlyList<ConnectionShape> Connections);

internal sealed record AuditLineShape(
    long Seq,
    Instant At,
    string Subject,
    string Method,
    string Tenant,
    string Action,
    string? Target,
    JsonElement Detail,
    string Hash
)
{
    internal static AuditLineShape Of(ServerAuditEntry e) =>
        new(e.Seq, e.At, e.Subject, e.Method, e.Tenant, e.Action, e.Target, JsonSerializer.Deserialize<JsonElement>(e.Detail), e.Hash);
}

/// <summary>By relation, what is known of each window of a span.</summary>
internal sealed record CoverageShape(
    string Policy,
    TimeRange Range,
    IReadOnlyList<RelationCoverage> Relations,
    IReadOnlyList<Planning.Hold> Holds
);

internal sealed record RelationCoverage(string Relation, IReadOnlyList<CoverageWindow> Windows);

/// <summary>Neighbouring windows of one state.</summary>
internal sealed record CoverageWindow(Instant From, Instant To, WindowState State);

/// <summary>What is known of a window; where several hold, the first of these that does.</summary>
internal enum WindowState
{
    /// <summary>Its proof failed, and a person must look.</summary>
    Halted,

    /// <summary>It can no longer be built.</summary>
    Lost,

    /// <summary>Some rows that it was built from are gone; it was proven before.</summary>
    Cut,

    /// <summary>It is to be built again.</summary>
    Dirty,

    /// <summary>It agrees with what it was built from.</summary>
    Covered,

    /// <summary>Its rows have gone from this relation.</summary>
    Expired,

    /// <summary>Nothing is known of it.</summary>
    Open,
}
