using Varve.Archiving;
using Varve.Catalog;
using Varve.Maintenance;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Ui;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>Archives by hand: what is there, whether it is as it was written, getting rows back, and removing parts for good.</summary>
internal static class ArchiveEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("archives");
        group.MapGet("/connections/{connection}/archives", ListAsync).Needs(Role.Viewer).WithName("ListArchives");
        group.MapPost("/connections/{connection}/archives/verify", VerifyAsync).Needs(Role.Operator).WithName("VerifyArchives");
        group
            .MapPost("/connections/{connection}/archives/prune", PruneAsync)
            .Needs(Role.Admin)
            .WithName("PruneArchives")
            .Produces<RemovalShape<PruningShape>>();
        group
            .MapPost("/connections/{connection}/policies/{policy}/archives/again", AgainAsync)
            .Needs(Role.Operator)
            .WithName("ArchiveAgain")
            .Produces<AgainShape>();
        group
            .MapPost("/connections/{connection}/policies/{policy}/restore", RestoreAsync)
            .Needs(Role.Operator)
            .WithName("Restore")
            .Produces<RestoredShape>();
    }

    private static Task<ArchiveListShape> ListAsync(HttpContext http, string connection, string[]? policy) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                new ArchiveListShape([.. (await lifecycle.ArchivesAsync(policy ?? [], token)).Select(p => PartShape.Of(p))])
        );

    private static Task<ArchiveReportShape> VerifyAsync(HttpContext http, string connection, string? policy) =>
        http.WithLongAsync(
            connection,
            async (lifecycle, token) =>
            {
                var report = await lifecycle.VerifyArchivesAsync(policy is null ? [] : [policy], token);
                return ArchiveReportShape.Of(report);
            }
        );

    private static Task<IResult> PruneAsync(HttpContext http, string connection, PruneBody body)
    {
        var olderThan =
            Times.Length(body.OlderThan, "olderThan")
            ?? throw new PolicyException(ServerCodes.BadRequest, "Say how old: \"olderThan\": \"5y\".");
        var policies = body.Policies ?? [];
        return http.RemoveAsync(
            new(connection, policies is [var only] ? only : null, "archives.pruned"),
            body,
            (body.DryRun, body.Confirm),
            async (lifecycle, token) => Pruned(await lifecycle.PruningAsync(policies, olderThan, token), isDone: false),
            async (lifecycle, token) => Pruned(await lifecycle.PruneArchivesAsync(policies, olderThan, token), isDone: true),
            pruned =>
                new()
                {
                    ["olderThan"] = body.OlderThan,
                    ["parts"] = pruned.What.Parts.Count,
                    ["rows"] = pruned.Rows,
                }
        );
    }

    private static Removal<PruningShape> Pruned(ArchivePruning pruning, bool isDone) =>
        new(
            PruningShape.Of(pruning, isDone),
            [
                .. pruning.Parts.Select(p =>
                    $"{p.Location}: {p.File}, {Words.Count(p.Rows, "row")} of {Words.Range(p.Range)}; they are in no other place"
                ),
                .. pruning.Begun.Select(p => $"{p.Location}: {p.File}, which an earlier pruning began to remove"),
                .. pruning.Held.Count > 0
                    ? [$"{Words.Count(pruning.Held.Count, "part")} stay: a hold is set on them"]
                    : Array.Empty<string>(),
            ],
            pruning.Parts.Sum(p => p.Rows),
            $"prune {string.Join(' ', pruning.Parts.Concat(pruning.Begun).Select(p => $"{p.Location}:{p.File}"))}",
            pruning.Parts.Count + pruning.Begun.Count == 0
        );

    private static Task<IResult> AgainAsync(HttpContext http, string connection, string policy) =>
        http
            .RequestServices.GetRequiredService<Acts>()
            .DoAsync(
                http,
                new(connection, policy, "archives.again"),
                policy,
                () =>
                    http.WithLongAsync(
                        connection,
                        async (lifecycle, token) =>
                        {
                            var again = await lifecycle.ArchiveAgainAsync(policy, token);
                            return (AgainShape.Of(policy, again), new System.Text.Json.Nodes.JsonObject { ["parts"] = again.Parts.Count });
                        }
                    )
            );

    private static async Task<IResult> RestoreAsync(HttpContext http, string connection, string policy, RestoreBody body)
    {
        var range = Times.Range(body.From, body.To);
        var request = new RestoreRequest
        {
            Policy = policy,
            Range = range,
            Into = Table(body.Into, "into"),
            Location = Text(body.Location),
            Table = Table(body.Table, "table"),
        };
        if (body.DryRun)
        {
            var parts = (await http.WithAsync(connection, (lifecycle, token) => lifecycle.ArchivesAsync([policy], token)))
                .Where(p => p.Range.Overlaps(range) && (request.Location is null || p.Location == request.Location))
                .ToList();
            return TypedResults.Ok(new RestorePlanShape(policy, parts.Sum(p => p.Rows), [.. parts.Select(p => PartShape.Of(p))]));
        }

        return await http
            .RequestServices.GetRequiredService<Acts>()
            .DoAsync(
                http,
                new(connection, policy, "rows.restored"),
                body,
                () =>
                    http.WithLongAsync(
                        connection,
                        async (lifecycle, token) =>
                        {
                            var restored = await lifecycle.RestoreAsync(request, token);
                            return (
                                RestoredShape.Of(policy, restored),
                                new System.Text.Json.Nodes.JsonObject
                                {
                                    ["table"] = restored.Table.Text,
                                    ["parts"] = restored.Parts,
                                    ["rows"] = restored.Rows,
                                }
                            );
                        }
                    )
            );
    }

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static TableName? Table(string? text, string name)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : TableName.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new PolicyException(ServerCodes.BadRequest, $"{name}: {wrong.Message}");
        }
    }
}
