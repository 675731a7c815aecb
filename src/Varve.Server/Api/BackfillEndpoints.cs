using Microsoft.AspNetCore.Http.HttpResults;
using Varve.Server.Access;
using Varve.Server.Backfills;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Api;

/// <summary>Backfills: windows of the past of a query, as one thing.</summary>
internal static class BackfillEndpoints
{
    private const int Listed = 1_000;
    private const int MostAtOnce = 8;

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("backfills");
        group.MapPost("/connections/{connection}/backfills", BeginAsync).Needs(Role.Operator).WithName("BeginBackfill");
        group.MapGet("/backfills", ListAsync).Needs(Role.Viewer).WithName("ListBackfills");
        group.MapGet("/backfills/{id}", GetAsync).Needs(Role.Viewer).WithName("GetBackfill");
        group.MapPost("/backfills/{id}/pause", PauseAsync).Needs(Role.Operator).WithName("PauseBackfill");
        group.MapPost("/backfills/{id}/resume", ResumeAsync).Needs(Role.Operator).WithName("ResumeBackfill");
        group.MapPost("/backfills/{id}/end", EndAsync).Needs(Role.Operator).WithName("EndBackfill");
    }

    private static async Task<Results<Accepted<BackfillShape>, Ok<BackfillPlanShape>>> BeginAsync(
        HttpContext http,
        BackfillKeeper keeper,
        BackfillPlans plans,
        BackfillTable table,
        HomeDatabase home,
        string connection,
        BackfillBody body
    )
    {
        if (body.AtOnce is < 1 or > MostAtOnce)
            throw new PolicyException(ServerCodes.BadRequest, $"atOnce is from 1 to {MostAtOnce}.");
        if (!Enum.IsDefined(body.Order) || !Enum.IsDefined(body.Windows))
            throw new PolicyException(ServerCodes.BadRequest, "order is oldest-first or newest-first; windows is missing, untried or all.");
        var asked = new Backfill(
            Backfill.NewId(),
            connection,
            body.Query ?? "",
            Times.Range(body.From, body.To),
            body.Order == BackfillOrder.NewestFirst,
            body.AtOnce,
            body.Windows,
            http.Caller().Subject,
            home.Now()
        );
        if (body.DryRun)
        {
            var plan = await plans.OfAsync(http.Connection(connection), asked, http.RequestAborted);
            var due = plan.Due.ToHashSet();
            var windows = asked.NewestFirst ? plan.Windows.Reverse() : plan.Windows;
            return TypedResults.Ok(
                new BackfillPlanShape(
                    plan.Windows.Count,
                    plan.Due.Count,
                    [.. windows.Take(Listed).Select(w => new StandingShape(w.Window, w.Standing, due.Contains(w.Window)))]
                )
            );
        }

        var begun = await keeper.BeginAsync(http.Caller(), http.Connection(connection), asked, Acts.Key(http), http.RequestAborted);
        return TypedResults.Accepted(
            $"{http.Request.PathBase}/api/v1/backfills/{begun.Id}",
            BackfillShape.Of(begun, await table.CountsAsync(begun.Id, http.RequestAborted))
        );
    }

    private static async Task<BackfillsShape> ListAsync(HttpContext http, BackfillTable table, ConnectionSet connections, int? limit)
    {
        List<BackfillShape> all = [];
        foreach (
            var backfill in await table.ListAsync(
                [.. connections.Of(http.Caller()).Select(c => c.Name)],
                Cursor.Limit(limit),
                http.RequestAborted
            )
        )
            all.Add(BackfillShape.Of(backfill, await table.CountsAsync(backfill.Id, http.RequestAborted)));
        return new(all);
    }

    private static async Task<BackfillShape> GetAsync(HttpContext http, BackfillTable table, ConnectionSet connections, string id) =>
        BackfillShape.Of(await FindAsync(http, table, connections, id), await table.CountsAsync(id, http.RequestAborted));

    private static async Task<BackfillShape> PauseAsync(
        HttpContext http,
        BackfillTable table,
        ConnectionSet connections,
        BackfillKeeper keeper,
        string id,
        ReasonBody body
    )
    {
        var found = await FindAsync(http, table, connections, id);
        if (string.IsNullOrWhiteSpace(body.Reason))
            throw new PolicyException(ServerCodes.BadRequest, "A pause has a reason: whoever finds it reads it.");
        await keeper.SetAsync(Own(http, found), found, BackfillState.Paused, body.Reason, http.RequestAborted);
        return await GetAsync(http, table, connections, id);
    }

    private static Task<BackfillShape> ResumeAsync(
        HttpContext http,
        BackfillTable table,
        ConnectionSet connections,
        BackfillKeeper keeper,
        string id
    ) => SetAsync(http, table, connections, keeper, id, BackfillState.Running);

    private static Task<BackfillShape> EndAsync(
        HttpContext http,
        BackfillTable table,
        ConnectionSet connections,
        BackfillKeeper keeper,
        string id
    ) => SetAsync(http, table, connections, keeper, id, BackfillState.Ended);

    private static async Task<BackfillShape> SetAsync(
        HttpContext http,
        BackfillTable table,
        ConnectionSet connections,
        BackfillKeeper keeper,
        string id,
        BackfillState state
    )
    {
        var found = await FindAsync(http, table, connections, id);
        await keeper.SetAsync(Own(http, found), found, state, null, http.RequestAborted);
        return await GetAsync(http, table, connections, id);
    }

    private static Caller Own(HttpContext http, Backfill backfill) =>
        http.Caller() with
        {
            Tenant = http.Connection(backfill.Connection).Setting.Tenant,
        };

    private static async Task<Backfill> FindAsync(HttpContext http, BackfillTable table, ConnectionSet connections, string id) =>
        await table.FindAsync(id, http.RequestAborted) is { } found && connections.Find(http.Caller(), found.Connection) is not null
            ? found
            : throw new PolicyException(ServerCodes.Missing, $"There is no backfill {id}.");
}
