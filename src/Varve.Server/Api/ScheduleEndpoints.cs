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

    private static async Task<SchedulesShape> PauseAllAsync(HttpContext http, ScheduleChanges changes, PauseAllBody body)
    {
        await changes.PauseAllAsync(http.Caller(), body.Connection, body.Reason, Times.Instant(body.Until, "until"), http.RequestAborted);
        return List(http, changes);
    }

    private static async Task<SchedulesShape> ResumeAllAsync(HttpContext http, ScheduleChanges changes, string? connection, string? reason)
    {
        await changes.ResumeAllAsync(http.Caller(), connection, reason, http.RequestAborted);
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
        var detail = Pause(reason, until);
        return ChangeAsync(
            caller,
            key,
            "schedule.paused",
            detail,
            s => s with { Pause = new(Now(), caller.Subject, reason, until) },
            cancellationToken
        );
    }

    /// <summary>Pauses every schedule that is armed. One that is paused already keeps who paused it, why and until when.</summary>
    /// <param name="caller">Who does so.</param>
    /// <param name="connection">Of which database; null: of all that the caller may know of.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">Until when; null: until somebody resumes them.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    public Task PauseAllAsync(Caller caller, string? connection, string reason, Instant? until, CancellationToken cancellationToken)
    {
        var detail = Pause(reason, until);
        return ChangeAllAsync(
            caller,
            connection,
            "schedule.paused",
            detail,
            s => s.Pause is null ? s with { Pause = new(Now(), caller.Subject, reason, until) } : null,
            cancellationToken
        );
    }

    /// <summary>Ends a pause, and a rest after failures: the next instant runs; of a query, the windows that its catchup says.</summary>
    public Task ResumeAsync(Caller caller, ScheduleKey key, CancellationToken cancellationToken) =>
        ChangeAsync(caller, key, "schedule.resumed", [], Resumed, cancellationToken);

    /// <summary>Ends pauses, and, where no reason is given, rests after failures.</summary>
    /// <param name="caller">Who does so.</param>
    /// <param name="connection">Of which database; null: of all that the caller may know of.</param>
    /// <param name="reason">Only of those that were paused for this reason; null: of all.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    public Task ResumeAllAsync(Caller caller, string? connection, string? reason, CancellationToken cancellationToken) =>
        ChangeAllAsync(
            caller,
            connection,
            "schedule.resumed",
            [],
            s =>
                reason is null
                    ? s.Pause is not null || s.CircuitUntil > Now()
                        ? Resumed(s)
                        : null
                    : s.Pause?.Reason == reason
                        ? Resumed(s)
                        : null,
            cancellationToken
        );

    public Task SkipAsync(Caller caller, ScheduleKey key, CancellationToken cancellationToken) =>
        ChangeAsync(caller, key, "schedule.skipped", [], s => s with { SkipBy = caller.Subject }, cancellationToken);

    private JsonObject Pause(string reason, Instant? until)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new PolicyException(ServerCodes.BadRequest, "A pause has a reason: whoever finds it reads it.");
        if (until <= Now())
            throw new PolicyException(ServerCodes.BadRequest, "The end of the pause has passed already.");
        var detail = new JsonObject { ["reason"] = reason };
        if (until is { } end)
            detail["until"] = Time.InstantText.Format(end);
        return detail;
    }

    private ScheduleState Resumed(ScheduleState state) =>
        state with
        {
            Pause = null,
            CircuitUntil = null,
            Armed = state.Pause is null || state.Key.IsQuery ? state.Armed : Instant.Max(state.Armed, Now()),
        };

    private async Task ChangeAllAsync(
        Caller caller,
        string? connection,
        string action,
        JsonObject detail,
        Func<ScheduleState, ScheduleState?> change,
        CancellationToken cancellationToken
    )
    {
        if (connection is not null && connections.Find(caller, connection) is null)
            throw new PolicyException(ServerCodes.Missing, $"There is no connection {connection}.");
        var tenants = connections.Of(caller).ToDictionary(c => c.Name, c => c.Setting.Tenant, StringComparer.Ordinal);
        await keeper.ChangeAsync(
            [
                .. keeper
                    .All.Select(v => v.State.Key)
                    .Where(k => tenants.ContainsKey(k.Connection) && (connection ?? k.Connection) == k.Connection),
            ],
            key => caller with { Tenant = tenants[key.Connection] },
            action,
            detail,
            change,
            cancellationToken
        );
        scheduler.Wake();
    }

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
