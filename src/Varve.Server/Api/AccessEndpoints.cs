using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Scheduling;

namespace Varve.Server.Api;

/// <summary>Tokens, connections, the server's own log, and who asks.</summary>
internal static class AccessEndpoints
{
    private const string Lines = "application/x-ndjson";

    private static readonly Duration s_usual = Duration.FromDays(90);
    private static readonly Duration s_most = Duration.FromDays(3_660);

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("access");
        group
            .MapGet(
                "/me",
                (HttpContext http) => new MeShape(http.Caller().Subject, http.Caller().Method, http.Caller().Role, http.Caller().Tenant)
            )
            .Needs(Role.Viewer)
            .WithName("Me");
        group.MapGet("/tokens", TokensAsync).Needs(Role.Admin).WithName("ListTokens");
        group.MapPost("/tokens", MakeTokenAsync).Needs(Role.Admin).WithName("MakeToken");
        group.MapDelete("/tokens/{id}", RevokeAsync).Needs(Role.Admin).WithName("RevokeToken");
        group.MapGet("/audit", AuditAsync).Needs(Role.Admin).WithName("ServerAudit");
        group.MapGet("/audit/verdict", VerdictAsync).Needs(Role.Admin).WithName("VerifyServerAudit");
        group.MapPost("/audit/export", ExportAsync).Needs(Role.Admin).WithName("ExportServerAudit").Produces<string>(contentType: Lines);
        group
            .MapGet(
                "/connections",
                (HttpContext http, ConnectionSet set) => new ConnectionsShape([.. set.Of(http.Caller()).Select(ConnectionShape.Of)])
            )
            .Needs(Role.Viewer)
            .WithName("ListConnections");
        group
            .MapGet("/connections/{connection}", (HttpContext http, string connection) => ConnectionShape.Of(http.Connection(connection)))
            .Needs(Role.Viewer)
            .WithName("GetConnection");
        group.MapPost("/connections", AddConnectionAsync).Needs(Role.Admin, ofAllTenants: true).WithName("AddConnection");
        group.MapPost("/connections/try", TryAsync).Needs(Role.Admin, ofAllTenants: true).WithName("TryConnection");
        group.MapDelete("/connections/{connection}", RemoveAsync).Needs(Role.Admin).WithName("RemoveConnection");
    }

    private static async Task<TokensShape> TokensAsync(HttpContext http, TokenTable tokens) =>
        new([.. (await tokens.ListAsync(http.Caller().Tenant, http.RequestAborted)).Select(TokenShape.Of)]);

    private static async Task<Created<NewTokenShape>> MakeTokenAsync(HttpContext http, SignIn signIn, TokenBody body)
    {
        var (secret, token) = await MakeAsync(http.Caller(), signIn, body, http.RequestAborted);
        return TypedResults.Created($"{http.Request.PathBase}/api/v1/tokens/{token.Id}", new NewTokenShape(secret, TokenShape.Of(token)));
    }

    /// <summary>Makes a token that can do no more than whoever makes it.</summary>
    internal static Task<(string Secret, StoredToken Token)> MakeAsync(
        Caller caller,
        SignIn signIn,
        TokenBody body,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > 100)
            throw new PolicyException(ServerCodes.BadRequest, "A token has a name of 1 to 100 characters: whose it is.");
        var tenant = body.Tenant ?? caller.Tenant;
        if (tenant != Caller.AllTenants)
            ServeFile.Named(tenant);
        if (caller.Tenant != Caller.AllTenants && tenant != caller.Tenant)
            throw new PolicyException(
                ServerCodes.Forbidden,
                $"{caller.Subject} is of the tenant {caller.Tenant}, and makes tokens for it alone."
            );
        if (!Enum.IsDefined(body.Role))
            throw new PolicyException(ServerCodes.BadRequest, "A role is viewer, operator or admin.");
        var length = Times.Length(body.ExpiresIn, "expiresIn")?.Shortest ?? s_usual;
        if (length <= Duration.Zero || length > s_most)
            throw new PolicyException(ServerCodes.BadRequest, "expiresIn is a length of time up to ten years, such as 90d.");
        return signIn.MakeAsync(caller, body.Name, body.Role, tenant, length, cancellationToken);
    }

    private static async Task<NoContent> RevokeAsync(HttpContext http, SignIn signIn, string id) =>
        await signIn.RevokeAsync(http.Caller(), id, http.RequestAborted)
            ? TypedResults.NoContent()
            : throw new PolicyException(ServerCodes.Missing, $"There is no token {id}.");

    private static async Task<PageShape<AuditLineShape>> AuditAsync(HttpContext http, ServerAudit audit, string? after, int? limit)
    {
        var count = Cursor.Limit(limit);
        long? before = Cursor.Read(after, 1) is [var seq] && long.TryParse(seq, out var parsed) ? parsed : null;
        var found = await audit.ListAsync(http.Caller().Tenant, before, count + 1, http.RequestAborted);
        return new(
            [.. found.Take(count).Select(AuditLineShape.Of)],
            found.Count > count ? Cursor.Write(FormattableString.Invariant($"{found[count - 1].Seq}")) : null
        );
    }

    /// <summary>Every entry that the reader may see, oldest first, a line each; that it was taken out is an entry too.</summary>
    private static async Task<IResult> ExportAsync(HttpContext http, ServerAudit audit)
    {
        var all = await audit.ListAsync(http.Caller().Tenant, null, int.MaxValue, http.RequestAborted);
        await audit.AppendAsync(
            http.Caller(),
            "audit.exported",
            null,
            new JsonObject { ["entries"] = all.Count, ["head"] = all.Count == 0 ? null : all[0].Hash },
            http.RequestAborted
        );
        return Results.Text(string.Concat(all.Reverse().Select(e => $"{ServerJson.Write(AuditLineShape.Of(e))}\n")), Lines);
    }

    private static async Task<AuditVerdictShape> VerdictAsync(HttpContext http, ServerAudit audit, AuditAnchor anchor) =>
        await audit.VerifyAsync(await anchor.OfAsync(Anchor.Server, http.RequestAborted), http.RequestAborted);

    private static async Task<TriedShape> TryAsync(HttpContext http, ConnectionSet set, ConnectionBody body) =>
        new(await set.TryAsync(Setting(http.Caller(), body).Url, http.RequestAborted));

    private static async Task<Created<ConnectionShape>> AddConnectionAsync(
        HttpContext http,
        ConnectionSet set,
        SchedulerService scheduler,
        ServerAudit audit,
        ConnectionBody body
    )
    {
        var added = await AddAsync(http.Caller(), set, scheduler, audit, body, http.RequestAborted);
        return TypedResults.Created($"{http.Request.PathBase}/api/v1/connections/{added.Name}", ConnectionShape.Of(added));
    }

    /// <summary>Tries a connection, and saves it where it can be opened.</summary>
    internal static async Task<ServerConnection> AddAsync(
        Caller caller,
        ConnectionSet set,
        SchedulerService scheduler,
        ServerAudit audit,
        ConnectionBody body,
        CancellationToken cancellationToken
    )
    {
        var setting = Setting(caller, body);
        await set.TryAsync(setting.Url, cancellationToken);
        var added = await set.AddAsync(setting, caller, cancellationToken);
        await audit.AppendAsync(
            caller with
            {
                Tenant = setting.Tenant,
            },
            "connection.added",
            setting.Name,
            new JsonObject { ["url"] = setting.Url.ToString() },
            cancellationToken
        );
        await scheduler.LearnAsync(added, cancellationToken);
        return added;
    }

    private static async Task<NoContent> RemoveAsync(
        HttpContext http,
        ConnectionSet set,
        ScheduleKeeper keeper,
        ServerAudit audit,
        string connection
    )
    {
        var found = http.Connection(connection);
        await set.RemoveAsync(found, http.RequestAborted);
        await keeper.LearnAsync(connection, [], http.RequestAborted);
        await audit.AppendAsync(
            http.Caller() with
            {
                Tenant = found.Setting.Tenant,
            },
            "connection.removed",
            connection,
            [],
            http.RequestAborted
        );
        return TypedResults.NoContent();
    }

    /// <summary>What was asked for as a setting; a password in it is refused, because a home never holds one.</summary>
    private static ConnectionSetting Setting(Caller caller, ConnectionBody body)
    {
        var url = DatabaseUrl.Parse(body.Url ?? "");
        if (url.ToString().Contains("***", StringComparison.Ordinal))
            throw new PolicyException(
                ServerCodes.BadConnection,
                "The URL has a password in it, which would be stored. Write where it is instead: password_env=NAME or password_file=PATH."
            );
        var tenant = body.Tenant ?? (caller.Tenant == Caller.AllTenants ? ConnectionSetting.DefaultTenant : caller.Tenant);
        if (!caller.Sees(tenant))
            throw new PolicyException(ServerCodes.Forbidden, $"{caller.Subject} is of the tenant {caller.Tenant}.");
        if (body.AtOnce is < 1 or > 16)
            throw new PolicyException(ServerCodes.BadRequest, "atOnce is from 1 to 16.");
        return new(ServeFile.Named(body.Name ?? ""), url, ServeFile.Named(tenant), body.AtOnce ?? 1, ConnectionSetting.Home);
    }
}
