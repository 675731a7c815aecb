using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Varve.Planning;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Runs;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>Runs of the server: asking for one, following it, and ending it.</summary>
internal static class RunEndpoints
{
    private static readonly TimeSpan s_alive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_elsewhere = TimeSpan.FromMilliseconds(500);

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("runs");
        group.MapPost("/connections/{connection}/runs", AskAsync).Needs(Role.Operator).WithName("AskRun");
        group.MapGet("/runs", ListAsync).Needs(Role.Viewer).WithName("ListRuns");
        group.MapGet("/runs/{id}", GetAsync).Needs(Role.Viewer).WithName("GetRun");
        group.MapPost("/runs/{id}/end", EndAsync).Needs(Role.Operator).WithName("EndRun");
        group
            .MapGet("/runs/{id}/events", EventsAsync)
            .Needs(Role.Viewer)
            .WithName("RunEvents")
            .Produces<string>(contentType: "text/event-stream");
    }

    private static async Task<Accepted<ServerRunShape>> AskAsync(HttpContext http, RunIntake intake, string connection, RunBody body)
    {
        Times.Instant(body.AsOf, "asOf");
        Times.Length(body.For, "for");
        if (body.MaxRemove is < 0)
            throw new PolicyException(ServerCodes.BadRequest, "maxRemove is a number of rows from 0 on.");
        if (body.Plan is { } plan)
            PlanFile.Read(plan);
        var asked = new RunAsked
        {
            Policies = body.Policies ?? [],
            Tags = body.Tags ?? [],
            Confirm = body.Confirm ?? [],
            AsOf = body.AsOf,
            MaxRemove = body.MaxRemove,
            For = body.For,
            Yes = body.Yes,
            Plan = body.Plan,
            AuditHead = body.AuditHead,
        };
        var run = await intake.TakeAsync(http.Caller(), http.Connection(connection), asked, Acts.Key(http), http.RequestAborted);
        return TypedResults.Accepted($"{http.Request.PathBase}/api/v1/runs/{run.Id}", ServerRunShape.Of(run));
    }

    private static async Task<PageShape<ServerRunShape>> ListAsync(
        HttpContext http,
        RunTable runs,
        ConnectionSet connections,
        RunQueue queue,
        string? connection,
        string? policy,
        string? after,
        int? limit
    )
    {
        var count = Cursor.Limit(limit);
        IReadOnlyList<string> names = connection is null
            ? [.. connections.Of(http.Caller()).Select(c => c.Name)]
            : [http.Connection(connection).Name];
        var before = Cursor.Read(after, 2) is [var at, var id] ? new RunPlace(Times.Instant(at, "after")!.Value, id) : null;
        var found = await runs.ListAsync(names, policy, before, count + 1, http.RequestAborted);
        return new(
            [.. found.Take(count).Select(r => ServerRunShape.Of(queue.Told(r)))],
            found.Count > count ? Cursor.Write(InstantText.Format(found[count - 1].Queued), found[count - 1].Id) : null
        );
    }

    private static async Task<ServerRunShape> GetAsync(
        HttpContext http,
        RunTable runs,
        ConnectionSet connections,
        RunQueue queue,
        string id
    ) => ServerRunShape.Of(queue.Told(await FindAsync(http, runs, connections, id)));

    private static async Task<Accepted> EndAsync(
        HttpContext http,
        RunTable runs,
        ConnectionSet connections,
        RunQueue queue,
        HomeDatabase home,
        ServerAudit audit,
        string id,
        EndBody body
    )
    {
        var run = await FindAsync(http, runs, connections, id);
        var isEnding =
            await queue.EndAsync(id, body.Now, http.Caller().Subject)
            || (
                home.IsShared
                && await home.WriteAsync((s, token) => runs.AskEndAsync(s, id, body.Now, http.Caller().Subject, token), http.RequestAborted)
            );
        if (!isEnding)
            throw new PolicyException(ServerCodes.Conflict, $"The run {id} is {run.State.ToString().ToLowerInvariant()} already.");
        await audit.AppendAsync(
            http.Caller() with
            {
                Tenant = http.Connection(run.Connection).Setting.Tenant,
            },
            "run.ended",
            $"{run.Connection}/{run.Policy}",
            new() { ["run"] = id, ["now"] = body.Now },
            http.RequestAborted
        );
        return TypedResults.Accepted($"{http.Request.PathBase}/api/v1/runs/{id}");
    }

    /// <summary>What a run tells, from the beginning or from behind <c>Last-Event-ID</c>, until it has ended.</summary>
    private static async Task EventsAsync(
        HttpContext http,
        RunTable runs,
        ConnectionSet connections,
        RunQueue queue,
        IHostApplicationLifetime host,
        string id
    )
    {
        var run = await FindAsync(http, runs, connections, id);
        var after = long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : 0;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (queue.Feed(id) is not { } feed)
        {
            await ElsewhereAsync(http, runs, connections, run, after, ending.Token);
            return;
        }

        await using var events = feed.ReadAsync(after, ending.Token).GetAsyncEnumerator(ending.Token);
        try
        {
            var next = events.MoveNextAsync().AsTask();
            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(s_alive, ending.Token)) != next)
                {
                    ending.Token.ThrowIfCancellationRequested();
                    await http.Response.WriteAsync(": alive\n\n", ending.Token);
                    await http.Response.Body.FlushAsync(ending.Token);
                    continue;
                }

                if (!await next)
                    return;
                await WriteAsync(http, events.Current, ending.Token);
                next = events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has gone, or the server ends: it comes again with Last-Event-ID.
        }
    }

    /// <summary>What is told of a run that another server carries out, or that ended long ago: how it stands.</summary>
    private static async Task ElsewhereAsync(
        HttpContext http,
        RunTable runs,
        ConnectionSet connections,
        ServerRun run,
        long after,
        CancellationToken ending
    )
    {
        try
        {
            while (run.IsOpen)
            {
                await http.Response.WriteAsync(": alive\n\n", ending);
                await http.Response.Body.FlushAsync(ending);
                await Task.Delay(s_elsewhere, ending);
                var before = run.State;
                run = await FindAsync(http, runs, connections, run.Id);
                if (run.IsOpen && run.State != before)
                    await WriteAsync(http, new(++after, "state", ServerJson.Write(new { run.State })), ending);
            }

            // Its steps are in the history by now; that it ended is what is left to tell.
            await WriteAsync(http, new(after + 1, "ended", ServerJson.Write(ServerRunShape.Of(run))), ending);
        }
        catch (Exception gone)
            when (gone is OperationCanceledException && ending.IsCancellationRequested || gone is EngineException { IsTransient: true })
        {
            // The reader has gone, the server ends, or the home is away: whoever reads comes again with Last-Event-ID.
        }
    }

    private static async Task WriteAsync(HttpContext http, FeedEvent told, CancellationToken cancellationToken)
    {
        await http.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"id: {told.Id}\nevent: {told.Kind}\ndata: {told.Data}\n\n"),
            cancellationToken
        );
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    private static async Task<ServerRun> FindAsync(HttpContext http, RunTable runs, ConnectionSet connections, string id) =>
        await runs.FindAsync(id, http.RequestAborted) is { } run && connections.Find(http.Caller(), run.Connection) is not null
            ? run
            : throw new PolicyException(ServerCodes.Missing, $"There is no run {id}.");
}
