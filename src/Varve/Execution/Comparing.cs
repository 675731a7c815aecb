using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>What is stored against a file, and against what is really in the database. Nothing is changed.</summary>
internal sealed class Comparing(IEngine engine, Workshop workshop)
{
    public async Task<PolicyDiff> DiffAsync(StoredPolicy stored, CheckReport? report, CancellationToken cancellationToken)
    {
        var drift = await DriftAsync(stored, cancellationToken);
        if (report is null) return new(stored.Policy.Name, stored.Revision, [], [], RemovesMore: false, drift);
        return new(
            stored.Policy.Name,
            stored.Revision,
            PolicyDifference.Between(stored.Policy, report.Policy),
            [.. report.Problems.Where(p => !p.IsWarning)],
            PolicyChanges.RemovesMore(stored.Policy, report.Policy),
            drift);
    }

    private async Task<IReadOnlyList<Drift>> DriftAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        Blueprint blueprint;
        try
        {
            blueprint = await workshop.Surveyor.LayAsync(stored.Policy, cancellationToken);
        }
        catch (PolicyException changed)
        {
            return [.. changed.Problems.Select(p => new Drift(Relations.Source, stored.Policy.Table, p.Message))];
        }

        var ledger = await workshop.ReadAsync((s, token) => workshop.Desk.Ledgers.LoadAsync(s, stored, workshop.Now(), token), Ledger.Empty(stored.Hash), cancellationToken);
        List<Drift> drift = [.. Retyped.Waits(blueprint, Retyped.Of(blueprint, ledger)).Select(w => new Drift(Relations.Source, blueprint.Source, w.Reason))];
        foreach (var tier in blueprint.Tiers.Where(t => ledger.Of(t.Id).Created)) drift.AddRange(await TierAsync(blueprint, ledger, tier, cancellationToken));
        if (ledger.PublishedRevision == ledger.Revision && blueprint.Stitched is { } stitched)
            drift.AddRange(await ViewAsync(Relations.All, stitched, new ReadSql(blueprint, engine.Dialect).Names(), cancellationToken));
        return drift;
    }

    private async Task<IReadOnlyList<Drift>> TierAsync(Blueprint blueprint, Ledger ledger, TierLayout tier, CancellationToken cancellationToken)
    {
        if (await engine.DescribeAsync(tier.States, cancellationToken) is not { } states)
            return [new(tier.Id, tier.States, "the table of the states is gone: what it held of expired rows is lost. Restore it from a backup, or take the tier out of the policy, drop it (policy retire --drop) and add it again")];
        List<Drift> drift = [];
        var columns = states.Columns.Select(c => c.Name).ToList();
        var missing = ledger.Of(tier.Id).Columns.Except(columns, StringComparer.Ordinal).ToList();
        var foreign = columns.Except(ledger.Of(tier.Id).Columns, StringComparer.Ordinal).ToList();
        if (missing.Count > 0) drift.Add(new(tier.Id, tier.States, $"somebody else dropped {Nearest.Listed(missing)}: restore the table from a backup"));
        if (foreign.Count > 0) drift.Add(new(tier.Id, tier.States, $"somebody else added {Nearest.Listed(foreign)}: nothing fills it, and a change of the policy drops it"));
        if (ledger.PublishedRevision == ledger.Revision && tier.View is { } view)
            drift.AddRange(await ViewAsync(tier.Id, view, new ReadSql(blueprint, engine.Dialect).Names(tier), cancellationToken));
        return drift;
    }

    private async Task<IReadOnlyList<Drift>> ViewAsync(string relation, TableName view, IReadOnlyList<string> expected, CancellationToken cancellationToken)
    {
        if (await engine.DescribeAsync(view, cancellationToken) is not { } found) return [new(relation, view, "the view is gone: apply a changed policy, or create it from what plan --sql shows")];
        if (!found.IsView) return [new(relation, view, "there is a table where Varve's view was")];
        var columns = found.Columns.Select(c => c.Name).ToList();
        return columns.SequenceEqual(expected, StringComparer.Ordinal) ? []
            : [new(relation, view, $"somebody else changed the view: it has {string.Join(", ", columns)} and should have {string.Join(", ", expected)}")];
    }
}

/// <summary>How a stored policy differs from a file, and from what is really there.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Revision">The stored revision; 0 for one that is not stored.</param>
/// <param name="Changes">What the file says differently; empty for none, and without a file.</param>
/// <param name="Problems">Why the file cannot be applied; empty for none.</param>
/// <param name="RemovesMore">True where the file removes what the stored policy would not: the next run asks first.</param>
/// <param name="Drift">What somebody else changed in the database.</param>
public sealed record PolicyDiff(string Policy, int Revision, IReadOnlyList<PolicyDifference> Changes, IReadOnlyList<Problem> Problems, bool RemovesMore, IReadOnlyList<Drift> Drift)
{
    /// <summary>True where nothing differs.</summary>
    public bool IsEmpty => Revision > 0 && Changes.Count + Problems.Count + Drift.Count == 0;
}

/// <summary>Something in the database that is not as Varve made it.</summary>
/// <param name="Relation">source, all, or a tier's id.</param>
/// <param name="Table">The relation.</param>
/// <param name="Finding">What is different, and the way out.</param>
public sealed record Drift(string Relation, TableName Table, string Finding);
