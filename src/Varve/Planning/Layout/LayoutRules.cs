using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Lays a policy over the table that really is there. Here a <see cref="PolicyLayout"/> is made.</summary>
public static class LayoutRules
{
    /// <summary>
    /// Resolves every name, type, boundary and input of a policy, and checks everything that can be checked: what
    /// <see cref="PolicyRules"/> says, over the extent of the data, and what the table and the engine say.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="table">Its source as it stands.</param>
    /// <param name="limits">What the engine says about names.</param>
    /// <param name="span">The extent of the data, over which boundaries must nest; without a start from 1970, and always until 2100 at
    /// least.</param>
    /// <param name="problems">Gets every problem, warnings included, with the path of its key.</param>
    /// <returns>The blueprint; null where a problem is more than a warning.</returns>
    public static PolicyLayout? Resolve(Policy policy, TableDescription table, NameLimits limits, TimeRange span, List<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(problems);
        List<Problem> found = [];
        var blueprint = Lay(policy, table, limits, span, found);
        problems.AddRange(found);
        return found.Any(p => !p.IsWarning) ? null : blueprint;
    }

    /// <summary>The problem of a policy whose table does not exist.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="tables">The tables that do exist, for a suggestion; may be empty.</param>
    public static Problem NoTable(Policy policy, IEnumerable<TableName> tables)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(tables);
        var hint = Meant(policy.Table, [.. tables]) is { } near
            ? $"Did you mean `{near}`?"
            : "Check schema and name; names are compared exactly.";
        return new(PolicyCodes.UnknownTable, $"There is no table {policy.Table.Text}. {hint}") { Path = "table" };
    }

    /// <summary>The tiers of an earlier revision as they were made: nothing is built of them.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="source">Its table.</param>
    /// <param name="aside">The revision that has set them aside; 0 for none.</param>
    internal static IEnumerable<TierLayout> Retired(Policy revision, TableName source, int aside) =>
        from tier in revision.Tiers
        let grid = Cascade.GridOf(tier, revision)
        select new TierLayout
        {
            Id = aside > 0 ? new RelationId(grid.Id).SetAside(aside) : new(grid.Id),
            Aside = aside > 0 ? revision.Series : null,
            Name = TierNames.Of(tier),
            Grid = grid,
            Keep = tier.Keep,
            States = TierNames.States(revision, source, tier),
            View = TierNames.View(revision, source, tier),
            Input = RelationId.Source,
            InChain = false,
        };

    /// <summary>
    /// The same name in another schema, else a slip of the keyboard; a name that was written without a schema is looked for in
    /// all of them.
    /// </summary>
    private static string? Meant(TableName written, IReadOnlyList<TableName> tables)
    {
        if (tables.Where(t => t.Name == written.Name).Select(t => t.Text).Order(StringComparer.Ordinal).FirstOrDefault() is { } elsewhere)
            return elsewhere;
        if (written.Schema is not null)
            return Suggestions.To(written.Text, tables.Select(t => t.Text)).FirstOrDefault();
        var names = Suggestions.To(written.Name, tables.Select(t => t.Name));
        return tables.Where(t => names.Count > 0 && t.Name == names[0]).Select(t => t.Text).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    private static PolicyLayout? Lay(Policy policy, TableDescription table, NameLimits limits, TimeRange span, List<Problem> problems)
    {
        var cascade = PolicyRules.Cascade(policy, span, problems);
        if (!LayoutRulesReadOnly.Check(policy, table, problems))
            return null;

        var time = LayoutRulesColumns.Time(policy, table, problems);
        var series = LayoutRulesColumns.Series(policy, table, problems);
        var arrival = LayoutRulesColumns.Arrival(policy, table, problems);
        var measures =
            policy.Tiers.Count == 0 && policy.Measures is null ? [] : LayoutRulesMeasures.Resolve(policy, table, limits, problems);
        if (policy.Tiers.Count > 0)
        {
            LayoutRulesColumns.Reserved(table, problems);
            if (series.Count == policy.Series.Count && (policy.Measures is null || policy.Measures.Count == measures.Count))
            {
                LayoutRulesMeasures.Rest(policy, table, measures, problems);
            }
        }

        limits.Check(policy, table.Table, measures, problems);
        LayoutRulesArchive.Check(policy, table, limits.Archives, problems);
        LayoutRulesPartition.Check(policy, table, limits, problems);
        LayoutRulesKeeper.Check(policy, table, problems);
        LayoutRulesRemoval.Check(policy, table, problems);
        if (!table.IsView)
            LayoutRulesRelocate.Check(policy, table, time, limits.Unfit, problems);
        if (time is null || cascade is null)
            return null;
        LayoutRulesColumns.Boundaries(time, cascade.Tiers, problems);
        var resolved = policy with { Measures = [.. measures.Select(m => m.Measure)] };
        return new()
        {
            Policy = resolved,
            Source = table.Table,
            Columns = table.Columns,
            Time = time with { Partition = policy.Partition is { } said ? said with { Zone = said.Zone ?? policy.Zone } : null },
            Pieces = table.Pieces is { } pieces && pieces.Column == time.Name ? pieces.Parts : [],
            ArePiecesAll = table.Pieces is { AreAll: true } all && all.Column == time.Name,
            Arrival = arrival,
            Series = series,
            Measures = measures,
            Tiers = [.. cascade.Tiers.Select(tier => Tier(resolved, table.Table, tier, cascade))],
            Stitched = TierNames.Stitched(policy, table.Table),
        };
    }

    // An input is chosen by today's offsets of the zones. Before all that a zone's data say, it is as it was at first.
    private static RangeSet Unnested(Grid grid, Grid finer)
    {
        var past = new TimeRange(Instant.FromUtc(1, 1, 2, 0, 0), Cascade.Recent.From);
        var unnested = RangeSet.Of(grid.Cover(past)).Except(finer.NestedBuckets(grid, past));
        return unnested.Start is { } start && start < past.From ? unnested.Add(TimeRange.Before(start)) : unnested;
    }

    private static TierLayout Tier(Policy policy, TableName source, CascadeTier tier, Cascade cascade) =>
        new()
        {
            Id = new(tier.Grid.Id),
            Name = TierNames.Of(tier.Tier),
            Grid = tier.Grid,
            Keep = tier.Tier.Keep,
            States = TierNames.States(policy, source, tier.Tier),
            View = TierNames.View(policy, source, tier.Tier),
            Input = tier.Input is { } finer ? new(cascade.Tiers[finer].Grid.Id) : RelationId.Source,
            Nesting = tier.Input is { } input ? new(() => Unnested(tier.Grid, cascade.Tiers[input].Grid)) : new(RangeSet.Empty),
            InChain = tier.InChain,
        };
}
