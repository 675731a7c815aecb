using Varve.Catalog;
using Varve.Maintenance;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Ui;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>What a person removes by hand: rows, tiers that are no longer kept, holds. Each says first what goes.</summary>
internal static class RemovalEndpoints
{
    private const string Policy = "/connections/{connection}/policies/{policy}";

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("removals");
        group.MapPost($"{Policy}/erase", EraseAsync).Needs(Role.Admin).WithName("Erase").Produces<RemovalShape<EraseShape>>();
        group.MapPost($"{Policy}/retired/drop", DropAsync).Needs(Role.Admin).WithName("DropRetired").Produces<RemovalShape<DroppedShape>>();
        group
            .MapPost($"{Policy}/holds/release", ReleaseAsync)
            .Needs(Role.Operator)
            .WithName("ReleaseHolds")
            .Produces<RemovalShape<CountShape>>();
    }

    private static Task<IResult> EraseAsync(HttpContext http, string connection, string policy, EraseBody body)
    {
        if (body.Where is not { Count: > 0 })
            throw new PolicyException(
                ServerCodes.BadRequest,
                "Say which rows: \"where\": { \"host\": \"web1\" }, of every column one value, null for NULL."
            );
        var request = new EraseRequest
        {
            Policy = policy,
            Where = [.. body.Where],
            Range = string.IsNullOrEmpty(body.From) && string.IsNullOrEmpty(body.To) ? null : Times.Range(body.From, body.To),
        };
        async Task<Removal<EraseShape>> DoAsync(Lifecycle lifecycle, bool onlyLook, CancellationToken token) =>
            Erased(await lifecycle.EraseAsync(request with { OnlyLook = onlyLook }, token), body.Where, onlyLook);
        return http.RemoveAsync(
            new(connection, policy, "rows.erased"),
            body,
            (body.DryRun, body.Confirm),
            (lifecycle, token) => DoAsync(lifecycle, onlyLook: true, token),
            (lifecycle, token) => DoAsync(lifecycle, onlyLook: false, token),
            erased =>
                new()
                {
                    ["columns"] = string.Join(", ", body.Where.Keys),
                    ["range"] = erased.What.Range.ToString(),
                    ["rows"] = erased.Rows,
                }
        );
    }

    private static Removal<EraseShape> Erased(EraseReport report, IReadOnlyDictionary<string, string?> where, bool onlyLook) =>
        new(
            EraseShape.Of(report, onlyLook),
            [
                $"{Words.Count(report.Rows, "row")} of the source",
                .. report
                    .Tiers.Where(t => t.Removed > 0 || !t.Rebuilt.IsEmpty)
                    .Select(t =>
                        $"{Words.Count(t.Removed, "row")} of {t.Relation}{(t.Rebuilt.IsEmpty ? "" : $"; built again without them: {Words.Ranges(t.Rebuilt)}")}"
                    ),
                .. report
                    .Tiers.Where(t => !t.Kept.IsEmpty)
                    .Select(t => $"{t.Relation} may still count such rows in {Words.Ranges(t.Kept)}: what that was built from has expired"),
                .. report.Archives.Count > 0
                    ? [$"{Words.Count(report.Archives.Count, "part")} of archives may still hold such rows"]
                    : Array.Empty<string>(),
            ],
            report.Rows,
            $"erase {report.Policy} {ServerJson.Write(where.OrderBy(w => w.Key, StringComparer.Ordinal))} {report.Range} {string.Join(' ', report.Tiers.Select(t => $"{t.Relation}:{t.Kept}"))}",
            report.IsEmpty
        );

    private static Task<IResult> DropAsync(HttpContext http, string connection, string policy, ConfirmBody body) =>
        http.RemoveAsync(
            new(connection, policy, "tiers.dropped"),
            body,
            (body.DryRun, body.Confirm),
            async (lifecycle, token) =>
            {
                var retired = (await lifecycle.StatusAsync(Selection.Of(policy), null, token))
                    .SelectMany(s => s.Relations)
                    .Where(r => r.IsRetired)
                    .ToList();
                return Dropped(
                    policy,
                    [.. retired.Select(r => r.Table)],
                    retired.Sum(r => r.Rows),
                    [.. retired.Select(r => $"{r.Table.Text} with {Words.Count(r.Rows, "row")}; what only it holds cannot be regained")],
                    isDone: false
                );
            },
            async (lifecycle, token) =>
            {
                var dropped = await lifecycle.DropRetiredAsync(policy, token);
                return Dropped(policy, dropped, dropped.Count, [.. dropped.Select(t => t.Text)], isDone: true);
            },
            dropped => new() { ["relations"] = string.Join(", ", dropped.What.Relations) }
        );

    private static Removal<DroppedShape> Dropped(
        string policy,
        IReadOnlyList<TableName> tables,
        long rows,
        IReadOnlyList<string> goes,
        bool isDone
    ) =>
        new(
            new(policy, isDone, [.. tables.Select(t => t.Text)]),
            goes,
            rows,
            $"drop {policy} {string.Join(' ', tables.Select(t => t.Text))}",
            tables.Count == 0
        );

    private static Task<IResult> ReleaseAsync(HttpContext http, string connection, string policy, ReleaseBody body)
    {
        // An empty beginning would mean every hold.
        if (body.Hold is { Length: 0 })
            throw new PolicyException(
                ServerCodes.BadRequest,
                "\"hold\" is the beginning of the id of a hold; leave it out for all of them."
            );
        async Task<Removal<CountShape>> LookAsync(Lifecycle lifecycle, CancellationToken token)
        {
            var ended = (await lifecycle.LedgerAsync(policy, token))
                .Holds.Where(h => body.Hold is null || h.Id.StartsWith(body.Hold, StringComparison.Ordinal))
                .ToList();
            return new(
                new(policy, "released", ended.Count),
                [.. ended.Select(h => $"the hold on {h.Relation?.Text ?? "source and tiers"} {h.Range}: {h.Reason}")],
                ended.Count,
                $"release {policy} {string.Join(' ', ended.Select(h => h.Id))}",
                ended.Count == 0
            );
        }

        return http.RemoveAsync(
            new(connection, policy, "hold.released"),
            body,
            (body.DryRun, body.Confirm),
            LookAsync,
            async (lifecycle, token) =>
            {
                var looked = await LookAsync(lifecycle, token);
                var count = looked.IsEmpty ? 0 : await lifecycle.ReleaseAsync(policy, body.Hold, token);
                return looked with { What = looked.What with { Count = count } };
            },
            released => new() { ["hold"] = body.Hold ?? "all", ["count"] = released.What.Count }
        );
    }
}
