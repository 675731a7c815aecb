using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Notices;

namespace Varve.Server.Api;

/// <summary>What is told to others: what arrived, what did not, and a try.</summary>
internal static class NoticeEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("notices");
        group.MapGet("/deliveries", ListAsync).Needs(Role.Admin).WithName("ListDeliveries");
        group.MapPost("/deliveries/{id}/retry", RetryAsync).Needs(Role.Admin).WithName("RetryDelivery");
        group.MapPost("/targets/{target}/try", TryAsync).Needs(Role.Admin, ofAllTenants: true).WithName("TryTarget");
    }

    private static async Task<DeliveriesShape> ListAsync(HttpContext http, DeliveryTable table, string? state, int? limit) =>
        new([
            .. (
                await table.ListAsync(http.Caller().Tenant, Word<DeliveryState>(state, "state"), Cursor.Limit(limit), http.RequestAborted)
            ).Select(DeliveryShape.Of),
        ]);

    /// <summary>A word as answers have it, whatever its case; null where there is none.</summary>
    private static T? Word<T>(string? text, string name)
        where T : struct, Enum =>
        string.IsNullOrEmpty(text) ? null
        : Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word ? Enum.Parse<T>(word)
        : throw new PolicyException(
            ServerCodes.BadRequest,
            $"`{name}`: there is no {text}. There are {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}."
        );

    private static async Task<DeliveryShape> RetryAsync(
        HttpContext http,
        DeliveryTable table,
        NoticeBoard board,
        HomeDatabase home,
        ServerAudit audit,
        string id
    )
    {
        if (await table.FindAsync(id, http.RequestAborted) is not { } found || !http.Caller().Sees(found.Tenant))
            throw new PolicyException(ServerCodes.Missing, $"There is no delivery {id}.");
        var revived = await home.WriteAsync(
            async (statements, token) =>
            {
                if (!await table.ReviveAsync(statements, id, home.Now(), token))
                    return false;
                await audit.AppendAsync(
                    statements,
                    http.Caller() with
                    {
                        Tenant = found.Tenant,
                    },
                    "delivery.retried",
                    id,
                    new() { ["target"] = found.Target },
                    token
                );
                return true;
            },
            http.RequestAborted
        );
        if (!revived)
            throw new PolicyException(
                ServerCodes.Conflict,
                $"The delivery {id} is {found.State.ToString().ToLowerInvariant()}; those that are dead can be tried again."
            );
        board.Wake();
        return DeliveryShape.Of((await table.FindAsync(id, http.RequestAborted))!);
    }

    private static async Task<Accepted> TryAsync(HttpContext http, NoticeBoard board, HomeDatabase home, string target)
    {
        if (board.Targets.All(t => t.Name != target))
            throw new PolicyException(ServerCodes.Missing, $"There is no target {target}.");
        var notice = new Notice(
            $"n-{Guid.CreateVersion7():N}",
            NoticeKind.Test,
            home.Now(),
            http.Caller().Tenant,
            null,
            null,
            null,
            null,
            null,
            $"{http.Caller().Subject} tries whether this arrives."
        );
        await home.WriteAsync(
            async (statements, token) =>
            {
                await board.AddAsync(statements, notice, token, target);
                return 0;
            },
            http.RequestAborted
        );
        board.Wake();
        return TypedResults.Accepted($"{http.Request.PathBase}/api/v1/deliveries");
    }
}

internal sealed record DeliveriesShape(IReadOnlyList<DeliveryShape> Deliveries);

internal sealed record DeliveryShape(
    string Id,
    string Target,
    string Tenant,
    DeliveryState State,
    int Attempts,
    Instant? Next,
    string? Answer,
    Notice Notice
)
{
    internal static DeliveryShape Of(Delivery d) =>
        new(
            d.Id,
            d.Target,
            d.Tenant,
            d.State,
            d.Attempts,
            d.Next,
            d.Answer,
            JsonSerializer.Deserialize<Notice>(d.Body, ServerJson.Options)!
        );
}
