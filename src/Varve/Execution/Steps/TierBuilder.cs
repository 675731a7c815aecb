using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Creating tiers, recording changes and building buckets.</summary>
internal static class TierBuilder
{
    private const string States = "states";

    public static async Task<ActOutcome> CreateAsync(StepContext context, PlanStep.CreateTier step, CancellationToken cancellationToken)
    {
        var tier = context.Blueprint.Tier(step.Relation);
        var (sets, own) = (context.Draft.Of(tier.Id), new OwnTable(States, tier.States));
        var isThere = await context.Statements.DescribeAsync(tier.States, cancellationToken) is not null;
        var columns = StateColumns.All(context.Blueprint, tier).Select(c => c.Value).ToList();
        if (isThere && !(sets.Tables.Contains(own) && await IsUnusedAsync(context, tier.States, columns, cancellationToken)))
            throw Foreign(tier.States);

        // A table that was made and never recorded has no row.
        if (isThere)
            await context.Statements.ExecuteAsync(StepSql.Drop(tier.States, isView: false), cancellationToken);
        if (!sets.Tables.Contains(own))
            sets.Tables.Add(own);
        await context.Ledger.ClaimAsync(context.Now, cancellationToken);
        await context.Ledger.RegisterAsync(tier.Id, own, cancellationToken);
        foreach (var statement in context.Sql.Create(tier))
            await context.Statements.ExecuteAsync(statement, cancellationToken);
        sets.Created = true;
        sets.Columns.AddRange(columns);
        return ActOutcome.Nothing;
    }

    // The word of the ledger is not enough to drop a table: somebody else may have made one of that name meanwhile. Columns
    // that an engine needs besides are named as no column of a source is.
    private static async Task<bool> IsUnusedAsync(
        StepContext context,
        TableName table,
        IReadOnlyList<string> columns,
        CancellationToken cancellationToken
    )
    {
        if (await context.Statements.DescribeAsync(table, cancellationToken) is not { IsView: false } found)
            return false;
        var own = found
            .Columns.Select(c => c.Name)
            .Where(c => columns.Contains(c) || !c.StartsWith(NameRules.Reserved, StringComparison.Ordinal));
        if (!own.SequenceEqual(columns))
            return false;
        return await context.NumberAsync(RowsSql.All(table), cancellationToken) == 0;
    }

    private static PolicyException Foreign(TableName table) =>
        new(
            PolicyCodes.NameTaken,
            $"{table.Text} exists and is not Varve's. Give the tier another name (tiers[].name), or another schema (schema:)."
        );

    /// <summary>Makes the table of a tier again with the columns that the policy asks for, and moves what it holds.</summary>
    public static async Task<ActOutcome> ReshapeAsync(StepContext context, PlanStep.Reshape step, CancellationToken cancellationToken)
    {
        var tier = context.Blueprint.Tier(step.Relation);
        var sets = context.Draft.Of(tier.Id);
        var added = step.Columns.Except(sets.Columns, StringComparer.Ordinal).ToList();
        if (added.Count == 0)
            return ActOutcome.Nothing;
        if (context.Sql.WidensInPlace(tier))
        {
            await WidenAsync(context, tier, added, cancellationToken);
            return ActOutcome.Nothing;
        }

        var beside = new OwnTable(BrokenTier.Beside, StepSql.Beside(tier));
        if (await context.Statements.DescribeAsync(beside.Name, cancellationToken) is not null)
            throw Foreign(beside.Name);
        sets.Tables.Add(beside);
        await context.Ledger.ClaimAsync(context.Now, cancellationToken);
        foreach (var statement in context.Sql.Reshape(tier, sets.Columns, added))
            await context.Statements.ExecuteAsync(statement, cancellationToken);
        sets.Tables.Remove(beside);
        context.Draft.States.Reshape(tier, added);
        return ActOutcome.Nothing;
    }

    // Some of the columns may be there, of an attempt that was never recorded.
    private static async Task WidenAsync(
        StepContext context,
        TierLayout tier,
        IReadOnlyList<string> added,
        CancellationToken cancellationToken
    )
    {
        var there = await context.Statements.DescribeAsync(tier.States, cancellationToken);
        List<string> missing = [.. added.Where(c => there?.Find(c) is null)];
        foreach (var statement in context.Sql.Reshape(tier, context.Draft.Of(tier.Id).Columns, missing))
            await context.Statements.ExecuteAsync(statement, cancellationToken);
        context.Draft.States.Reshape(tier, added);
    }

    public static async Task<ActOutcome> MarkAsync(StepContext context, PlanStep.Mark step, CancellationToken cancellationToken)
    {
        var sets = context.Draft.Of(step.Relation);
        sets.Dirty = sets.Dirty.Union(step.Dirty.Intersect(sets.Covered)).Except(sets.CutRanges);
        sets.MayShrink = sets.MayShrink.Union(step.MayShrink.Intersect(sets.Covered));
        sets.Lost = sets.Lost.Union(step.Lost.Except(sets.Covered));
        foreach (var cut in step.Cut.Where(c => !sets.CutRanges.Covers(c.Bucket)))
            sets.Cut.Add(
                cut with
                {
                    RowsLeft = cut.IsMixed ? 0 : await LeftAsync(context, context.Blueprint.Tier(step.Relation), cut, cancellationToken),
                    IsMixed = false,
                }
            );
        sets.Dirty = sets.Dirty.Except(sets.CutRanges);
        return ActOutcome.Nothing;
    }

    public static async Task<ActOutcome> RollUpAsync(StepContext context, PlanStep.RollUp step, CancellationToken cancellationToken)
    {
        var tier = context.Blueprint.Tier(step.Relation);
        var whole = tier.WholeBuckets(context.Draft.AvailableTo(step.Input, tier));
        if (!whole.Covers(step.Ranges) || step.Ranges.Any(context.Draft.Of(tier.Id).CutRanges.Overlaps))
            throw new StepSkippedException($"{step.Input} no longer gives {step.Ranges} of {tier.Id} as a whole");
        var shrunk = step.Input == RelationId.Source ? await ShrunkAsync(context, tier, step.Ranges, cancellationToken) : RangeSet.Empty;
        var (ranges, note) = (
            step.Ranges.Except(shrunk),
            shrunk.IsEmpty ? null : $"somebody else removed rows of {shrunk} before it was built again: {tier.Id} keeps what it had"
        );
        if (ranges.IsEmpty)
            return ActOutcome.Nothing with { Note = note };
        var (read, written) = await BuildAsync(context, tier, step.Input, ranges, cancellationToken);
        context.Draft.RollUp(tier, step.Input, ranges, step.Reason);
        return new(read, written, 0, note);
    }

    /// <summary>
    /// Buckets to be built again of which the source has fewer rows than they count, and nobody said that this is right: they
    /// are cut, and as rows may have come to them as well, none of those that are left is known to be counted.
    /// </summary>
    private static async Task<RangeSet> ShrunkAsync(
        StepContext context,
        TierLayout tier,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var sets = context.Draft.Of(tier.Id);
        var again = ranges.Intersect(sets.Covered).Except(sets.MayShrink);
        if (again.IsEmpty)
            return again;
        var totals = await context.Statements.QueryAsync(
            new CompareSql(context.Blueprint with { Measures = [] }, tier, context.Dialect).BucketTotals(again),
            cancellationToken
        );
        List<TimeRange> shrunk =
        [
            .. totals.Where(row => row.Long(1) < row.Long(2)).Select(row => tier.Grid.BucketOf(Micros.ToInstant(row.Long(0)))),
        ];
        sets.Cut.AddRange(shrunk.Select(bucket => new CutBucket(bucket, 0, ByOthers: true) { Input = RelationId.Source }));
        sets.Dirty = sets.Dirty.Except(sets.CutRanges);
        return RangeSet.Of(shrunk);
    }

    /// <summary>
    /// Replaces the buckets of some ranges, and verifies that they count every row of the source that their input counts.
    /// Read are the rows of the input itself: of a tier its states, not the rows behind them. Where rows came to buckets
    /// that a coarser tier cannot follow any more, those of the input stay until a person has looked.
    /// </summary>
    /// <exception cref="EngineException">They do not; nothing is committed.</exception>
    public static async Task<(long Read, long Written)> BuildAsync(
        StepContext context,
        TierLayout tier,
        RelationId input,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var stuck = Stuck(context, tier, ranges);
        var before = await StoredEachAsync(context, tier, stuck, cancellationToken);
        if (!context.Ledger.IsAtomic)
        {
            context.Draft.Claim(tier, ranges);
            await context.Ledger.BeginAsync(context.Now, cancellationToken);
        }

        var written = 0L;
        var stored = context.Draft.Of(tier.Id).Columns;
        foreach (var (statement, writes) in context.Sql.Replace(tier, stored, input, ranges, context.Ledger.Stored.Version))
        {
            var rows = await context.Statements.ExecuteAsync(statement, cancellationToken);
            if (writes)
                written += rows;
        }

        foreach (var (column, buckets) in context.Draft.States.Unknown(tier, input, ranges))
            await context.Statements.ExecuteAsync(context.Sql.Forget(tier, column, buckets), cancellationToken);
        await context.Statements.BarrierAsync(Before.Verify, cancellationToken);
        var (read, behind, counted) = await TotalsAsync(context, tier, input, ranges, cancellationToken);
        if (behind == counted)
        {
            foreach (var (bucket, rows) in await StoredEachAsync(context, tier, stuck, cancellationToken))
            {
                var came = rows - before.GetValueOrDefault(bucket);
                if (came > 0)
                    Halt(
                        context,
                        input,
                        RangeSet.Of(bucket),
                        FormattableString.Invariant(
                            $"{came} rows came to {bucket} of {tier.Id} after a coarser bucket around it was cut; to let them go, {WayOut.Accept(context.Blueprint.Policy.Name, bucket)}"
                        )
                    );
            }

            return (read, written);
        }

        throw new EngineException(
            EngineCodes.NotWritten,
            FormattableString.Invariant(
                $"{tier.Id} counts {counted} rows of {ranges} where {input} has {behind}: the database did not write what it was asked to. Nothing was kept of it; run again, and if it stays so, report it."
            )
        );
    }

    /// <summary>Covered buckets of a tier inside of cut ones of the tiers that are built from it.</summary>
    private static RangeSet Stuck(StepContext context, TierLayout tier, RangeSet ranges)
    {
        var cut = context
            .Blueprint.Tiers.Where(t => context.Blueprint.BuildersOf(t.Id).Contains(tier.Id))
            .Aggregate(RangeSet.Empty, (all, t) => all.Union(context.Draft.Of(t.Id).CutRanges));
        return ranges.Intersect(cut).Intersect(context.Draft.Of(tier.Id).Covered);
    }

    private static async Task<Dictionary<TimeRange, long>> StoredEachAsync(
        StepContext context,
        TierLayout tier,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        if (ranges.IsEmpty)
            return [];
        var rows = await context.Statements.QueryAsync(
            RowsSql.StoredEach(context.Dialect, context.Blueprint.Time.Starts, tier.States, ranges),
            cancellationToken
        );
        return rows.ToDictionary(row => tier.Grid.BucketOf(Micros.ToInstant(row.Long(0))), row => row.Long(1));
    }

    /// <summary>
    /// The rows of an input, the rows of the source behind them, and those that a tier counts: with one look, so that no row
    /// comes in between.
    /// </summary>
    private static async Task<(long Read, long Behind, long Counted)> TotalsAsync(
        StepContext context,
        TierLayout tier,
        RelationId input,
        RangeSet ranges,
        CancellationToken cancellationToken
    )
    {
        var time = context.Blueprint.TimeOf(input);
        SqlText Stored(TierLayout of) => RowsSql.Stored(context.Dialect, context.Blueprint.Time.Starts, of.States, ranges);
        var read = RowsSql.Count(context.Dialect, time, context.Sql.Table(input), ranges);
        var totals =
            input == RelationId.Source
                ? RowsSql.Together(read, Stored(tier))
                : RowsSql.Together(read, Stored(context.Blueprint.Tier(input)), Stored(tier));
        return await context.Statements.QueryAsync(totals, cancellationToken) is [var row]
            ? (row.Long(0), row.Long(row.Count - 2), row.Long(row.Count - 1))
            : (0, 0, 0);
    }

    /// <summary>Keeps ranges of a relation until a person has looked at them.</summary>
    public static void Halt(StepContext context, RelationId relation, RangeSet ranges, string reason)
    {
        var sets = context.Draft.Of(relation);
        sets.Halted = sets.Halted.Union(ranges);
        context.Halts.AddRange(ranges.Select(r => new Wait(relation, r, reason, NeedsPerson: true)));
    }

    /// <summary>
    /// What is left of the input of a cut bucket; where a retired tier has seen it as the source, no more than that saw:
    /// rows that came since are late.
    /// </summary>
    private static async Task<long> LeftAsync(StepContext context, TierLayout tier, CutBucket cut, CancellationToken cancellationToken)
    {
        var input = context.Blueprint.CountedIn(tier, cut);
        var left = await LeftAsync(context, input, cut.Bucket, cancellationToken);
        if (input != RelationId.Source)
            return left;
        var there = RangeSet.Of(cut.Bucket).Except(context.Draft.Of(RelationId.Source).Frozen);
        foreach (var retired in context.Blueprint.Retired)
        {
            if (!context.Draft.Available(retired.Id).Covers(there) || !retired.WholeBuckets(there).Covers(there))
                continue;
            left = Math.Min(
                left,
                await context.NumberAsync(
                    RowsSql.Stored(context.Dialect, context.Blueprint.Time.Starts, retired.States, there),
                    cancellationToken
                )
            );
        }

        return left;
    }

    /// <summary>The rows of a bucket that an input still has; those that came for what has expired of it are late rows.</summary>
    public static Task<long> LeftAsync(StepContext context, RelationId input, TimeRange bucket, CancellationToken cancellationToken) =>
        context.NumberAsync(
            RowsSql.Count(
                context.Dialect,
                context.Blueprint.TimeOf(input),
                context.Sql.Table(input),
                RangeSet.Of(bucket).Except(context.Draft.Of(input).Frozen)
            ),
            cancellationToken
        );

    /// <summary>
    /// Counts again what is left of some inputs in a tier's cut buckets, after rows of them went or came; later, more rows are
    /// late ones.
    /// </summary>
    public static async Task RecountAsync(
        StepContext context,
        TierLayout tier,
        RangeSet touched,
        Func<RelationId, bool> inputs,
        CancellationToken cancellationToken,
        bool mayGrow = true
    )
    {
        var cuts = context.Draft.Of(tier.Id).Cut;
        for (var i = 0; i < cuts.Count; i++)
        {
            var input = context.Blueprint.CountedIn(tier, cuts[i]);
            if (!touched.Overlaps(cuts[i].Bucket) || !inputs(input))
                continue;
            var left = await LeftAsync(context, input, cuts[i].Bucket, cancellationToken);
            cuts[i] = cuts[i] with { RowsLeft = mayGrow ? left : Math.Min(cuts[i].RowsLeft, left) };
        }
    }
}
