using System.Text.Json.Nodes;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Scheduling;

namespace Varve.Server.Api;

/// <summary>Schedules: when something runs next, and what a person says about it.</summary>
internal static class ScheduleEndpoints
{
    private const string One = "/connections/{connection}/schedules/{policy}";

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("schedules");
        group.MapGet("/schedules", List).Needs(Role.Viewer).WithName("ListSchedules");
        group.MapGet(One, Get).Needs(Role.Viewer).WithName("GetSchedule");
        group.MapPost($"{One}/pause", PauseAsync).Needs(Role.Operator).WithName("PauseSchedule");
        group.MapPost($"{One}/resume", ResumeAsync).Needs(Role.Operator).WithName("ResumeSchedule");
        group.MapPost($"{One}/skip", SkipAsync).Needs(Role.Operator).WithName("SkipOnce");
        group.MapPost("/schedules/pause", PauseAllAsync).Needs(Role.Operator).WithName("PauseAllSchedules");
        group.MapPost("/schedules/resume", ResumeAllAsync).Needs(Role.Operator).WithName("ResumeAllSchedules");
    }

    private static SchedulesShape List(HttpContext http, ScheduleChanges changes) =>
        new([.. changes.Of(http.Caller()).Select(v => ScheduleStateShape.Of(v, changes.Now()))]);

    private static ScheduleStateShape Get(HttpContext http, ScheduleChanges changes, string connection, string policy) =>
        ScheduleStateShape.Of(changes.Find(http.Caller(), new(connection, policy)), changes.Now());

    private static async Task<ScheduleStateShape> PauseAsync(
        HttpContext http,
        ScheduleChanges changes,
        string connection,
        string policy,
        PauseBody body
    )
    {
        await changes.PauseAsync(
            http.Caller(),
            new(connection, policy),
            body.Reason,
            Times.Instant(body.Until, "until"),
            http.RequestAborted
        );
        return Get(http, changes, connection, policy);
    }

    private static async Task<ScheduleStateShape> ResumeAsync(HttpContext http, ScheduleChanges changes, string connection, string policy)
    {
        await changes.ResumeAsync(http.Caller(), new(connection, policy), http.RequestAborted);
        return Get(http, changes, connection, policy);
    }

    private static async Task<ScheduleStateShape> SkipAsync(HttpContext http, ScheduleChanges changes, string connection, string policy)
    {
        await changes.SkipAsync(http.Caller(), new(connection, policy), http.RequestAborted);
        return Get(http, changes, connection, policy);
    }

    private static async Task<SchedulesShape> PauseAllAsync(HttpContext http, ScheduleChanges changes, PauseBody body)
    {
        foreach (var view in changes.Of(http.Caller()))
            await changes.PauseAsync(http.Caller(), view.State.Key, body.Reason, Times.Instant(body.Until, "until"), http.RequestAborted);
        return List(http, changes);
    }

    private static async Task<SchedulesShape> ResumeAllAsync(HttpContext http, ScheduleChanges changes)
    {
        foreach (var view in changes.Of(http.Caller()))
            await changes.ResumeAsync(http.Caller(), view.State.Key, http.RequestAborted);
        return List(http, changes);
    }
}

/// <summary>What people do to schedules, for the API and for the pages.</summary>
internal sealed class ScheduleChanges(ScheduleKeeper keeper, ConnectionSet connections, SchedulerService scheduler, HomeDatabase home)
{
    public Instant Now() => home.Now();

    /// <summary>Those of databases that the caller may know of.</summary>
    public IReadOnlyList<ScheduleView> Of(Caller caller) =>
        [.. keeper.All.Where(v => connections.Find(caller, v.State.Key.Connection) is not null)];

    /// <exception cref="PolicyException">There is none that the caller may know of.</exception>
    public ScheduleView Find(Caller caller, ScheduleKey key) =>
        Of(caller).FirstOrDefault(v => v.State.Key == key)
        ?? throw new PolicyException(ServerCodes.Missing, $"{key.Policy} has no schedule here.");

    public Task PauseAsync(Caller caller, ScheduleKey key, string reason, Instant? until, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new PolicyException(ServerCodes.BadRequest, "A pause has a reason: whoever finds it reads it.");
        if (until <= Now())
            throw new PolicyException(ServerCodes.BadRequest, "The end of the pause has passed already.");
        var detail = new JsonObject { ["reason"] = reason };
        if (until is { } end)
            detail["until"] = Time.InstantText.Format(end);
        return ChangeAsync(
            caller,
            key,
            "schedule.paused",
            detail,
            s => s with { Pause = new(Now(), caller.Subject, reason, until) },
            cancellationToken
        );
    }

    /// <summary>Ends a pause, and a rest after failures: the next instant runs; of a query, the windows that its catchup says.</summary>
    public Task ResumeAsync(Caller caller, ScheduleKey key, CancellationToken cancellationToken) =>
        ChangeAsync(
            caller,
            key,
            "schedule.resumed",
            [],
            s =>
                s with
                {
                    Pause = null,
                    CircuitUntil = null,
                    Armed = s.Pause is null || key.IsQuery ? s.Armed : Instant.Max(s.Armed, Now()),
                },
            cancellationToken
        );

    public Task SkipAsync(Caller caller, ScheduleKey key, CancellationToken cancellationToken) =>
        ChangeAsync(caller, key, "schedule.skipped", [], s => s with { SkipBy = caller.Subject }, cancellationToken);

    private async Task ChangeAsync(
        Caller caller,
        ScheduleKey key,
        string action,
        JsonObject detail,
        Func<ScheduleState, ScheduleState> change,
        CancellationToken cancellationToken
    )
    {
        Find(caller, key);
        await keeper.ChangeAsync(
            key,
            caller,
            connections.Find(caller, key.Connection)!.Setting.Tenant,
            action,
            detail,
            change,
            cancellationToken
        );
        scheduler.Wake();
    }
}
