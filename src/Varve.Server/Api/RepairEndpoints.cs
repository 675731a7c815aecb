using System.Text.Json.Nodes;
using NodaTime;
using Varve.Maintenance;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Api;

/// <summary>What a person says about one table: holds, ranges to build again, what waits for a word.</summary>
internal static class RepairEndpoints
{
    private const string Policy = "/connections/{connection}/policies/{policy}";

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("repairs");
        group.MapGet($"{Policy}/holds", HoldsAsync).Needs(Role.Viewer).WithName("ListHolds");
        group.MapPost($"{Policy}/holds", HoldAsync).Needs(Role.Operator).WithName("Hold").Produces<HoldShape>();
        group.MapDelete($"{Policy}/holds/{{hold}}", ReleaseAsync).Needs(Role.Operator).WithName("Release");
        group.MapPost($"{Policy}/invalidate", InvalidateAsync).Needs(Role.Operator).WithName("Invalidate").Produces<CountShape>();
        group.MapPost($"{Policy}/accept", AcceptAsync).Needs(Role.Admin).WithName("Accept").Produces<CountShape>();
        group.MapPost($"{Policy}/adopt", AdoptAsync).Needs(Role.Admin).WithName("Adopt").Produces<CountShape>();
        group.MapPost($"{Policy}/adopt-source", AdoptSourceAsync).Needs(Role.Admin).WithName("AdoptSource").Produces<AdoptedSourceShape>();
        group.MapPost($"{Policy}/accept-types", AcceptTypesAsync).Needs(Role.Admin).WithName("AcceptTypes").Produces<RetypedListShape>();
        group.MapPost($"{Policy}/relocate/undo", UndoMovesAsync).Needs(Role.Operator).WithName("UndoMoves").Produces<MoveUndoShape>();
        group.MapPost($"{Policy}/relocate/resume", ResumeMovesAsync).Needs(Role.Operator).WithName("ResumeMoves").Produces<CountShape>();
        group.MapPost("/connections/{connection}/repair", ViewsAsync).Needs(Role.Operator).WithName("RepairViews").Produces<RepairShape>();
    }

    private static Task<IResult> ViewsAsync(HttpContext http, string connection, RepairBody body) =>
        DoAsync(
            http,
            new(connection, body.Policies is [var only] ? only : null, body.DetachViews ? "views.detached" : "views.repaired"),
            body,
            async (lifecycle, token) =>
            {
                var reports = await lifecycle.RepairAsync(new(body.Policies ?? [], body.Tags ?? []), body.DetachViews, token);
                return (
                    RepairShape.Of(reports, body.DetachViews),
                    new JsonObject { ["policies"] = string.Join(", ", reports.Select(r => r.Policy)) }
                );
            }
        );

    private static Task<HoldsShape> HoldsAsync(HttpContext http, string connection, string policy) =>
        http.WithAsync(connection, async (lifecycle, token) => new HoldsShape((await lifecycle.LedgerAsync(policy, token)).Holds));

    private static Task<IResult> HoldAsync(HttpContext http, string connection, string policy, HoldBody body)
    {
        if (string.IsNullOrWhiteSpace(body.Reason))
            throw new PolicyException(ServerCodes.BadRequest, "A hold has a reason: it is shown wherever something waits for it.");
        var (range, until) = (Times.Range(body.From, body.To), Times.Instant(body.Until, "until"));
        return DoAsync(
            http,
            new(connection, policy, "hold.set"),
            body,
            async (lifecycle, token) =>
            {
                var hold = await lifecycle.HoldAsync(policy, body.Relation, range, body.Reason, until, token);
                return (new HoldShape(policy, hold), new JsonObject { ["hold"] = hold.Id, ["reason"] = hold.Reason });
            }
        );
    }

    private static async Task<CountShape> ReleaseAsync(HttpContext http, string connection, string policy, string hold)
    {
        var count = await http.WithAsync(connection, (lifecycle, token) => lifecycle.ReleaseAsync(policy, hold, token));
        if (count == 0)
            throw new PolicyException(ServerCodes.Missing, $"{policy} has no hold {hold}.");
        await ToldAsync(http, connection, policy, "hold.released", new() { ["hold"] = hold });
        return new(policy, "released", count);
    }

    private static Task<IResult> InvalidateAsync(HttpContext http, string connection, string policy, RangeBody body)
    {
        var range = Times.Range(body.From, body.To);
        return DoAsync(
            http,
            new(connection, policy, "range.invalidated"),
            body,
            async (lifecycle, token) =>
                (
                    new CountShape(policy, "invalidated", await lifecycle.InvalidateAsync(policy, range, token)),
                    new JsonObject { ["from"] = body.From, ["to"] = body.To }
                )
        );
    }

    private static Task<IResult> AcceptAsync(HttpContext http, string connection, string policy, RangeBody body)
    {
        var range = Times.Range(body.From, body.To);
        return DoAsync(
            http,
            new(connection, policy, "mismatch.accepted"),
            body,
            async (lifecycle, token) =>
                (
                    new CountShape(policy, "accepted", await lifecycle.AcceptAsync(policy, range, token)),
                    new JsonObject { ["from"] = body.From, ["to"] = body.To }
                )
        );
    }

    private static Task<IResult> AdoptAsync(HttpContext http, string connection, string policy) =>
        DoAsync(
            http,
            new(connection, policy, "buckets.adopted"),
            policy,
            async (lifecycle, token) =>
            {
                var count = await lifecycle.AdoptAsync(policy, token);
                return (new CountShape(policy, "adopted", count), new JsonObject { ["buckets"] = count });
            }
        );

    private static Task<IResult> AdoptSourceAsync(HttpContext http, string connection, string policy, AdoptSourceBody body) =>
        DoAsync(
            http,
            new(connection, policy, "source.adopted"),
            body,
            async (lifecycle, token) =>
            {
                var adopted = await lifecycle.AdoptSourceAsync(policy, body.Same, token);
                return (
                    new AdoptedSourceShape(policy, adopted.Until, adopted.Late, body.Same),
                    new JsonObject { ["same"] = body.Same, ["late"] = adopted.Late }
                );
            }
        );

    private static async Task<IResult> UndoMovesAsync(HttpContext http, string connection, string policy, MoveUndoBody body)
    {
        var request = new MoveUndoRequest
        {
            Policy = policy,
            Range = Times.Range(body.From, body.To),
            Arrived = body.Arrived,
            OnlyLook = body.DryRun,
        };
        if (body.DryRun)
            return Results.Ok(
                await http.WithAsync(
                    connection,
                    async (lifecycle, token) => MoveUndoShape.Of(policy, undone: false, await lifecycle.UndoMovesAsync(request, token))
                )
            );
        return await DoAsync(
            http,
            new(connection, policy, "moves.undone"),
            body,
            async (lifecycle, token) =>
            {
                var parts = await lifecycle.UndoMovesAsync(request, token);
                return (MoveUndoShape.Of(policy, undone: true, parts), new JsonObject { ["parts"] = parts.Count });
            }
        );
    }

    private static Task<IResult> ResumeMovesAsync(HttpContext http, string connection, string policy, MoveResumeBody body) =>
        DoAsync(
            http,
            new(connection, policy, "moves.resumed"),
            body,
            async (lifecycle, token) =>
                (
                    new CountShape(policy, "resumed", await lifecycle.ResumeMovesAsync(policy, Times.Range(body.From, body.To), token)),
                    new JsonObject { ["from"] = body.From, ["to"] = body.To }
                )
        );

    private static Task<IResult> AcceptTypesAsync(HttpContext http, string connection, string policy) =>
        DoAsync(
            http,
            new(connection, policy, "types.accepted"),
            policy,
            async (lifecycle, token) =>
            {
                var columns = await lifecycle.AcceptTypesAsync(policy, token);
                return (
                    new RetypedListShape(policy, columns),
                    new JsonObject { ["columns"] = string.Join(", ", columns.Select(c => $"{c.Column}: {c.Before} → {c.Now}")) }
                );
            }
        );

    private static Task<IResult> DoAsync<T>(
        HttpContext http,
        Act act,
        object asked,
        Func<Lifecycle, CancellationToken, Task<(T Answer, JsonObject Facts)>> work
    ) => http.RequestServices.GetRequiredService<Acts>().DoAsync(http, act, asked, () => http.WithLongAsync(act.Connection, work));

    private static Task ToldAsync(HttpContext http, string connection, string policy, string action, JsonObject detail) =>
        http
            .RequestServices.GetRequiredService<ServerAudit>()
            .AppendAsync(
                http.Caller() with
                {
                    Tenant = http.Connection(connection).Setting.Tenant,
                },
                action,
                $"{connection}/{policy}",
                detail,
                http.RequestAborted
            );
}
