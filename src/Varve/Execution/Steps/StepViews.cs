using Varve.Planning;

namespace Varve.Execution;

/// <summary>The views of a policy: they move with the edges, in the step that moves these.</summary>
internal sealed class StepViews(StepContext context)
{
    /// <summary>Writes every view of the revision that is in force; the ledger with them.</summary>
    public async Task<Ledger> PublishAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        if (context.Blueprint.Stitched is not { } stitched)
            return ledger;
        foreach (var tier in context.Blueprint.Tiers)
        {
            if (context.Sql.TierView(tier) is not { Count: > 0 } view)
                continue;
            ledger = await RegisterAsync(ledger, tier.Id, new("view", tier.View!), cancellationToken);
            foreach (var statement in view)
                await context.Statements.ExecuteAsync(statement, cancellationToken);
        }

        ledger = await RegisterAsync(ledger, RelationId.All, new("stitched", stitched), cancellationToken);
        return (await StitchAsync(ledger, cancellationToken)) with { PublishedRevision = ledger.Revision };
    }

    /// <summary>Writes the stitched view where it was written with other edges than a ledger asks for; the ledger with these.</summary>
    public async Task<Ledger> FollowAsync(Ledger ledger, CancellationToken cancellationToken) =>
        IsToFollow(ledger) ? await StitchAsync(ledger, cancellationToken) : ledger;

    /// <summary>True where it was.</summary>
    public bool IsToFollow(Ledger ledger) =>
        context.Blueprint.Stitched is not null
        && ledger.PublishedRevision == ledger.Revision
        && !StitchedView.Of(context.Blueprint, ledger.Of).SequenceEqual(ledger.Edges);

    private async Task<Ledger> StitchAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        var parts = StitchedView.Of(context.Blueprint, ledger.Of);
        foreach (var statement in context.Sql.Stitched(context.Blueprint.Stitched!, parts, context.Horizon.Known))
            await context.Statements.ExecuteAsync(statement, cancellationToken);
        await context.Ledger.ShowEdgesAsync(parts, cancellationToken);
        return ledger with { Edges = parts };
    }

    // The name is Varve's before there is anything of that name.
    private async Task<Ledger> RegisterAsync(Ledger ledger, RelationId relation, OwnTable own, CancellationToken cancellationToken)
    {
        var sets = ledger.Of(relation);
        if (sets.Tables.Contains(own))
            return ledger;
        await context.Ledger.RegisterAsync(relation, own, cancellationToken);
        return ledger.With(relation, sets with { Tables = [.. sets.Tables.Where(t => t.Kind != own.Kind), own] });
    }
}
