using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>What is stored against a file, and against what is really in the database. Nothing is changed.</summary>
internal sealed class PolicyComparison(IEngine engine, Session session)
{
    public async Task<PolicyDiff> DiffAsync(StoredPolicy stored, CheckReport? report, CancellationToken cancellationToken)
    {
        var drift = await DriftAsync(stored, cancellationToken);
        if (report is null)
            return new(stored.Policy.Name, stored.Revision, [], [], RemovesMore: false, drift);
        return new(
            stored.Policy.Name,
            stored.Revision,
            PolicyDifference.Between(stored.Policy, report.Policy),
            [.. report.Problems.Where(p => !p.IsWarning)],
            PolicyChanges.RemovesMore(stored.Policy, report.Policy),
            drift
        );
    }

    private async Task<IReadOnlyList<Drift>> DriftAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        try
        {
            return await DriftAsync(stored, await session.Inspector.ResolveAsync(stored.Policy, cancellationToken), cancellationToken);
        }
        catch (PolicyException changed)
        {
            return [.. changed.Problems.Select(p => new Drift(RelationId.Source, stored.Policy.Table, p.Message))];
        }
        catch (EngineException failed)
        {
            return [new(RelationId.Source, stored.Policy.Table, $"It could not be looked at. {PolicyTrouble.Told(stored, failed).Text}")];
        }
    }

    private async Task<IReadOnlyList<Drift>> DriftAsync(StoredPolicy stored, PolicyLayout blueprint, CancellationToken cancellationToken)
    {
        var ledger = await session.ReadAsync(
            (s, token) => session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token),
            Ledger.Empty(stored.Hash),
            cancellationToken
        );
        var whole = await session.ReadAsync(
            (s, token) => session.Inspector.WithRetiredAsync(s, blueprint, ledger, token),
            blueprint,
            cancellationToken
        );
        var own = new RelationDrift(engine);
        var broken = (
            await session.ReadAsync((s, token) => BrokenTier.AllAsync(s, whole, ledger, token), [], cancellationToken)
        ).ToDictionary(b => b.Tier.Id);
        List<Drift> drift =
        [
            .. ColumnTypeChanges
                .Waits(blueprint, ColumnTypeChanges.Of(blueprint, ledger))
                .Select(w => new Drift(RelationId.Source, blueprint.Source, w.Reason)),
        ];
        foreach (var tier in whole.Tiers.Concat(whole.Retired).Where(t => ledger.Of(t.Id).Created))
        {
            if (broken.TryGetValue(tier.Id, out var what))
                drift.Add(new(tier.Id, tier.States, $"{what.Text} {what.WayOut}"));
            else if (blueprint.Tiers.Contains(tier))
                drift.AddRange((await own.OfAsync(blueprint, ledger, tier, cancellationToken)).Select(Of));
        }

        return [.. drift, .. (await own.OfAllAsync(blueprint, ledger, cancellationToken)).Select(Of)];
    }

    private static Drift Of(ExternalChange meddling) => new(meddling.Relation, meddling.Table, $"{meddling.Text} {meddling.WayOut}");
}

/// <summary>How a stored policy differs from a file, and from what is really there.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Revision">The stored revision; 0 for one that is not stored.</param>
/// <param name="Changes">What the file says differently; empty for none, and without a file.</param>
/// <param name="Problems">Why the file cannot be applied; empty for none.</param>
/// <param name="RemovesMore">True where the file removes what the stored policy would not: the next run asks first.</param>
/// <param name="Drift">What somebody else changed in the database.</param>
public sealed record PolicyDiff(
    string Policy,
    int Revision,
    IReadOnlyList<PolicyDifference> Changes,
    IReadOnlyList<Problem> Problems,
    bool RemovesMore,
    IReadOnlyList<Drift> Drift
)
{
    /// <summary>True where nothing differs.</summary>
    public bool IsEmpty => Revision > 0 && Changes.Count + Problems.Count + Drift.Count == 0;
}

/// <summary>Something in the database that is not as Varve made it.</summary>
/// <param name="Relation">source, all, or a tier's id.</param>
/// <param name="Table">The relation.</param>
/// <param name="Finding">What is different, and the way out.</param>
public sealed record Drift(RelationId Relation, TableName Table, string Finding);
