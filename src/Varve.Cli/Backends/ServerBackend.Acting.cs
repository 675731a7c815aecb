using NodaTime;
using Varve.Archiving;
using Varve.Cli.Commands;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Backends;

internal sealed partial class ServerBackend
{
    // What a person saw go last, by what was asked: what goes afterwards is that, or the server asks again.
    private readonly Dictionary<string, string?> _seen = new(StringComparer.Ordinal);

    public async Task<Hold> HoldAsync(
        string policy,
        string? relation,
        TimeRange range,
        string reason,
        Instant? until,
        CancellationToken cancellationToken
    ) =>
        (
            await server.AskAsync<Client.Shapes.HoldShape, Contracts.HoldShape>(
                (client, at) => client.HoldAsync(at, policy, new(reason, relation, From(range), To(range), Text(until)), cancellationToken),
                cancellationToken
            )
        ).Hold;

    public async Task<int> ReleaseAsync(string policy, string? holdId, CancellationToken cancellationToken)
    {
        var ended = await server.AskAsync(
            (client, at) => client.ReleaseHoldsAsync(at, policy, new(holdId, DryRun: true), cancellationToken),
            cancellationToken
        );
        if (ended.Confirm is not { } word)
            // That there is no such hold is said by ending it.
            return holdId is null
                ? 0
                : (int)
                    (
                        await server.AskAsync((client, at) => client.ReleaseAsync(at, policy, holdId, cancellationToken), cancellationToken)
                    ).Count;
        ended = await server.AskAsync(
            (client, at) => client.ReleaseHoldsAsync(at, policy, new(holdId, Confirm: word), cancellationToken),
            cancellationToken
        );
        return (int)ended.What!.Count;
    }

    public async Task<IReadOnlyList<ViewsReport>> RepairAsync(Selection selection, bool detach, CancellationToken cancellationToken) =>
        [
            .. (
                await server.AskAsync<Client.Shapes.RepairShape, Contracts.RepairShape>(
                    (client, at) => client.RepairViewsAsync(at, new(selection.Names, selection.Tags, detach), cancellationToken),
                    cancellationToken
                )
            ).Policies.Select(FromShapes.Views),
        ];

    public async Task<int> AcceptAsync(string policy, TimeRange? range, CancellationToken cancellationToken) =>
        (int)
            (
                await server.AskAsync(
                    (client, at) => client.AcceptAsync(at, policy, new(From(range) ?? "", To(range) ?? ""), cancellationToken),
                    cancellationToken
                )
            ).Count;

    public async Task<int> AdoptAsync(string policy, CancellationToken cancellationToken) =>
        (int)(await server.AskAsync((client, at) => client.AdoptAsync(at, policy, cancellationToken), cancellationToken)).Count;

    public async Task<SourceAdoption> AdoptSourceAsync(string policy, bool isSame, CancellationToken cancellationToken)
    {
        var adopted = await server.AskAsync(
            (client, at) => client.AdoptSourceAsync(at, policy, new(isSame), cancellationToken),
            cancellationToken
        );
        return new(adopted.Policy, adopted.Until, adopted.Late);
    }

    public async Task<long> InvalidateAsync(string policy, TimeRange range, CancellationToken cancellationToken) =>
        (
            await server.AskAsync(
                (client, at) => client.InvalidateAsync(at, policy, new(From(range) ?? "", To(range) ?? ""), cancellationToken),
                cancellationToken
            )
        ).Count;

    public async Task<IReadOnlyList<TakenBack>> UndoMovesAsync(MoveUndoRequest request, CancellationToken cancellationToken) =>
        [
            .. (
                await server.AskAsync<Client.Shapes.MoveUndoShape, Contracts.MoveUndoShape>(
                    (client, at) =>
                        client.UndoMovesAsync(
                            at,
                            request.Policy,
                            new(From(request.Range), To(request.Range), request.Arrived, request.OnlyLook),
                            cancellationToken
                        ),
                    cancellationToken
                )
            ).Parts.Select(FromShapes.TakenBack),
        ];

    public async Task<int> ResumeMovesAsync(string policy, TimeRange? range, CancellationToken cancellationToken) =>
        (int)
            (
                await server.AskAsync(
                    (client, at) => client.ResumeMovesAsync(at, policy, new(From(range), To(range)), cancellationToken),
                    cancellationToken
                )
            ).Count;

    public async Task<IReadOnlyList<TableName>> DropRetiredAsync(string policy, CancellationToken cancellationToken)
    {
        var looked = await server.AskAsync(
            (client, at) => client.DropRetiredAsync(at, policy, new(DryRun: true), cancellationToken),
            cancellationToken
        );
        var dropped = await server.AskAsync(
            (client, at) => client.DropRetiredAsync(at, policy, new(Confirm: looked.Confirm), cancellationToken),
            cancellationToken
        );
        return [.. dropped.What!.Relations.Select(TableName.Parse)];
    }

    public async Task<IReadOnlyList<RetypedColumn>> AcceptTypesAsync(string policy, CancellationToken cancellationToken) =>
        (
            await server.AskAsync<Client.Shapes.RetypedListShape, Contracts.RetypedListShape>(
                (client, at) => client.AcceptTypesAsync(at, policy, cancellationToken),
                cancellationToken
            )
        ).Columns;

    public async Task<EraseReport> EraseAsync(EraseRequest request, CancellationToken cancellationToken)
    {
        if (request.Where.GroupBy(w => w.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw CommonOptions.Usage($"--where names {twice.Key} more than once: rows of one value of a column are erased at a time.");
        var body = new Client.Shapes.EraseBody(
            request.Where.ToDictionary(w => w.Key, w => w.Value!),
            From(request.Range),
            To(request.Range)
        );
        if (request.OnlyLook)
            return await ErasedAsync(request.Policy, body with { DryRun = true }, cancellationToken);

        // Nobody looked where it was said beforehand that it is meant.
        if (!_seen.ContainsKey(nameof(EraseAsync)))
            await ErasedAsync(request.Policy, body with { DryRun = true }, cancellationToken);
        return await ErasedAsync(request.Policy, body with { Confirm = _seen[nameof(EraseAsync)] }, cancellationToken);
    }

    private async Task<EraseReport> ErasedAsync(string policy, Client.Shapes.EraseBody body, CancellationToken cancellationToken)
    {
        var told = await server.AskAsync((client, at) => client.EraseAsync(at, policy, body, cancellationToken), cancellationToken);
        if (body.DryRun == true)
            _seen[nameof(EraseAsync)] = told.Confirm;
        var shape = ServerCall.Shape<Contracts.EraseShape>(told.What);
        return FromShapes.Erased(shape, shape.Archives.Count == 0 ? [] : await ArchivesAsync([shape.Policy], cancellationToken));
    }

    public async Task<ArchiveAgain> ArchiveAgainAsync(string policy, CancellationToken cancellationToken)
    {
        // Which parts are taken out is told by their number; before, the catalog has them all.
        var before = await ArchivesAsync([policy], cancellationToken);
        var again = await server.AskAsync<Client.Shapes.AgainShape, Contracts.AgainShape>(
            (client, at) => client.ArchiveAgainAsync(at, policy, cancellationToken),
            cancellationToken
        );
        var after = await ArchivesAsync([policy], cancellationToken);
        return new(
            [.. before.Where(b => !after.Any(a => a.Location == b.Location && a.File == b.File))],
            [.. again.Broken.Select(p => new PartCheck(FromShapes.Part(p), p.Problem))]
        );
    }

    public Task<ArchivePruning> PruningAsync(IReadOnlyList<string> policies, Keep olderThan, CancellationToken cancellationToken) =>
        PrunedAsync(new(olderThan.Text, policies, DryRun: true), cancellationToken);

    public async Task<ArchivePruning> PruneArchivesAsync(
        IReadOnlyList<string> policies,
        Keep olderThan,
        CancellationToken cancellationToken
    )
    {
        if (!_seen.ContainsKey(nameof(PrunedAsync)))
            await PruningAsync(policies, olderThan, cancellationToken);
        return await PrunedAsync(new(olderThan.Text, policies, Confirm: _seen[nameof(PrunedAsync)]), cancellationToken);
    }

    private async Task<ArchivePruning> PrunedAsync(Client.Shapes.PruneBody body, CancellationToken cancellationToken)
    {
        var told = await server.AskAsync((client, at) => client.PruneArchivesAsync(at, body, cancellationToken), cancellationToken);
        if (body.DryRun == true)
            _seen[nameof(PrunedAsync)] = told.Confirm;
        return FromShapes.Pruning(ServerCall.Shape<PruningShape>(told.What));
    }

    public async Task<RestoreResult> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken) =>
        FromShapes.Restored(
            await server.AskAsync<Client.Shapes.RestoredShape, Contracts.RestoredShape>(
                (client, at) =>
                    client.RestoreAsync(
                        at,
                        request.Policy,
                        new(From(request.Range), To(request.Range), request.Into?.Text, request.Location, request.Table?.Text),
                        cancellationToken
                    ),
                cancellationToken
            )
        );
}
