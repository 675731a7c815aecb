using Microsoft.AspNetCore.Http.Extensions;
using Varve.Server.Api;
using Varve.Server.Connections;

namespace Varve.Server.Access;

/// <summary>
/// The one place that lets a request through: it is known who asks, their role is enough for the endpoint, and what the
/// path names is of their tenant. What others have does not exist for them.
/// </summary>
internal sealed class Gate(SignIn signIn, ConnectionSet connections)
{
    internal const string Cookie = "varve_session";

    private const string Scheme = "Bearer ";

    /// <summary>Lets a request on to its endpoint, or answers it.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Need>() is not { } need)
        {
            // Without an endpoint nothing is answered but that there is none, and by one of the router's own that a method or a
            // body of that kind is not taken here; one of ours that says nothing lets nobody through.
            if (context.GetEndpoint() is RouteEndpoint)
                throw new InvalidOperationException($"The endpoint {context.GetEndpoint()} does not say what it needs.");
            await next(context);
            if (context.GetEndpoint() is not null && !context.Response.HasStarted)
                await Problems.RefuseAsync(context);
            return;
        }

        var caller = await KnowAsync(context);
        if (caller is not null)
            context.Items[typeof(Caller)] = caller;
        if (need.IsOpen)
        {
            await next(context);
            return;
        }

        if (caller is null && !IsApi(context) && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect(
                $"{context.Request.PathBase}/login?back={Uri.EscapeDataString(context.Request.GetEncodedPathAndQuery())}"
            );
            return;
        }

        await (Refusal(context, caller, need) is { } refused ? Problems.WriteAsync(context, refused) : next(context));
    }

    private PolicyException? Refusal(HttpContext context, Caller? caller, Need need)
    {
        if (caller is null)
            return new(ServerCodes.Unknown, "Nobody is signed in. Send a token: Authorization: Bearer varve_…");
        if (caller.IsBrowser && !IsSameOrigin(context))
            return new(
                ServerCodes.Forbidden,
                "This request comes from another site. A session of a browser is good for its own pages only; send a token."
            );
        if (context.Request.RouteValues.TryGetValue("connection", out var name) && connections.Find(caller, (string)name!) is null)
            return new(ServerCodes.Missing, $"There is no connection {name}.");
        if (need.OfAllTenants && caller.Tenant != Caller.AllTenants)
            return new(ServerCodes.Forbidden, $"This is of all tenants, and {caller.Subject} is of {caller.Tenant}.");
        return caller.Role < need.Role
            ? new(
                ServerCodes.Forbidden,
                $"This takes the role {need.Role.ToString().ToLowerInvariant()}; {caller.Subject} is {caller.Role.ToString().ToLowerInvariant()}."
            )
            : null;
    }

    private async Task<Caller?> KnowAsync(HttpContext context)
    {
        string? header = context.Request.Headers.Authorization;
        if (header is not null)
            return header.StartsWith(Scheme, StringComparison.Ordinal)
                ? await signIn.OfTokenAsync(header[Scheme.Length..], context.RequestAborted)
                : null;
        return await signIn.OfSessionAsync(context.Request.Cookies[Cookie], context.RequestAborted);
    }

    // What only reads is no danger: the answer goes to no other site. A socket is one, whatever its method.
    private static bool IsSameOrigin(HttpContext context)
    {
        var isSafe =
            (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            && !context.WebSockets.IsWebSocketRequest
            && context.Request.Headers.Upgrade.Count == 0;
        if (isSafe)
            return true;
        string? origin = context.Request.Headers.Origin;
        return origin is not null
            && origin.Equals($"{context.Request.Scheme}://{context.Request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsApi(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        || context.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal);
}

/// <summary>Who asks, behind the gate.</summary>
internal static class CallerExtensions
{
    internal static Caller Caller(this HttpContext context) =>
        context.Items[typeof(Caller)] as Caller ?? throw new InvalidOperationException("Nobody passed the gate.");

    internal static Caller? CallerOrNull(this HttpContext context) => context.Items[typeof(Caller)] as Caller;
}
