using System.Text.Json.Nodes;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Reading;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>
/// Erasing rows on request (semantics: repair): from the source, and from every bucket that they were counted in, as far
/// as that can be computed without them. One transaction; the audit log names columns and counts, never the values.
/// </summary>
internal sealed class Erasure(IEngine engine, Session session, AuditActor actor)
{
    public async Task<EraseReport> EraseAsync(EraseRequest request, CancellationToken cancellationToken)
    {
        if (request.Where.Count == 0)
            throw new PolicyException(WorkCodes.BadErasure, "Say which rows: --where column=value, once for each column.");
        if (request.Range is { IsEmpty: true })
            throw new PolicyException(WorkCodes.BadErasure, "The range is empty: --from must be before --to.");
        if (!engine.Capabilities.Transactions)
            throw new PolicyException(
                WorkCodes.BadErasure,
                $"{engine.Dialect.Name} has no transactions, so that rows cannot be taken out of a table and its tiers at once. Delete them yourself, then mark their time to be built again (varve invalidate); what has expired of the source cannot be built without them."
            );
        await using var work = await session.WorkAsync(await session.OneAsync(request.Policy, cancellationToken), cancellationToken);
        var survey = work.Survey;
        var where = await WhereAsync(survey.Blueprint, request, cancellationToken);
        Check(survey, request.Range ?? TimeRange.All);
        try
        {
            var report = await session.WriteAsync((s, token) => EraseAsync(s, survey, where, request, token), cancellationToken);
            await engine.SettleAsync(cancellationToken);
            return report;
        }
        catch (OnlyLooked looked)
        {
            return looked.Report;
        }
    }

    private async Task<EraseReport> EraseAsync(
        IStatements statements,
        Inspection survey,
        List<(Column Column, string? Value)> where,
        EraseRequest request,
        CancellationToken cancellationToken
    )
    {
        var (stored, blueprint, state, _) = survey;
        await Conditions.CheckAsync(statements, engine.Dialect, blueprint.Source, where, cancellationToken);
        if (
            await new SourceLook(engine.Dialect, statements, blueprint).LookAsync(
                state.Ledger,
                Planner.Watch(blueprint, state.Ledger, session.Now()).Comparable,
                cancellationToken
            ) is
            { } doubt
        )
            throw doubt.Halt(blueprint, state);
        var draft = new ProjectedLedger(blueprint, state);
        var horizon = Cutoffs.At(blueprint, session.Now(), state.Last);
        var context = new StepContext(blueprint, state, horizon, draft, statements, engine.Dialect)
        {
            Log = new(session.Store.Tables),
            Archives = new(session.Archives, session.Store.Archives, "", "", session.Now()),
            Ledger = new(session.Store.Ledgers, statements, stored.Policy.Name, state.Ledger, isAtomic: true, session.Now()),
            Limit = new(null),
        };
        var sql = new EraseSql(blueprint, engine.Dialect, where);
        var eraser = new TierEraser(context, sql, request.Range ?? TimeRange.All, [.. where.Select(w => w.Column.Name)]);
        var ranges = request.Range is { } range ? RangeSet.Of(range) : null;
        await eraser.LookAsync(ranges, cancellationToken);
        await ReshapeAsync(context, cancellationToken);
        var rows = await statements.ExecuteAsync(sql.Delete(blueprint.Source, ranges), cancellationToken);
        List<ErasedTier> tiers = [];
        foreach (var tier in blueprint.Tiers.Concat(blueprint.Retired).Where(t => draft.Of(t.Id).Created))
            tiers.Add(await eraser.EraseAsync(tier, cancellationToken));
        foreach (var tier in blueprint.Tiers)
            await TierBuilder.RecountAsync(
                context,
                tier,
                ranges ?? RangeSet.Of(TimeRange.All),
                _ => true,
                cancellationToken,
                mayGrow: false
            );
        IReadOnlyList<ArchivedPart> archives =
        [
            .. await session.Store.Archives.HoldingAsync(statements, stored.Policy.Name, request.Range ?? TimeRange.All, cancellationToken),
            .. (await session.Store.Archives.BegunAsync(statements, cancellationToken)).Where(p =>
                p.Policy == stored.Policy.Name && p.Range.Overlaps(request.Range ?? TimeRange.All)
            ),
        ];
        var report = new EraseReport(stored.Policy.Name, request.Range ?? TimeRange.All, rows, tiers, archives);
        await new CommandRecord(engine, session.Store, actor, session.Now()).WriteAsync(
            statements,
            stored.Policy.Name,
            context.Now,
            "rows.erased",
            Facts(report, where),
            cancellationToken
        );
        return request.OnlyLook ? throw new OnlyLooked(report) : report;
    }

    /// <summary>
    /// What is built again gets the states that the policy asks for, also where no run has made room for them since it changed.
    /// </summary>
    private static async Task ReshapeAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var tier in context.Blueprint.Tiers.Where(t => context.Draft.Of(t.Id).Created))
            if (Backfill.Reshaped(context.Draft, tier) is { } step)
                await TierBuilder.ReshapeAsync(context, step, cancellationToken);
    }

    private async Task<List<(Column Column, string? Value)>> WhereAsync(
        PolicyLayout blueprint,
        EraseRequest request,
        CancellationToken cancellationToken
    )
    {
        var source = (await Look.DescribeAsync(engine, blueprint.Source, cancellationToken))!;
        if (LayoutRulesReadOnly.Kept(source) is { } kept)
            throw new PolicyException(
                WorkCodes.BadErasure,
                $"{kept}. Delete the rows where they lie; then varve invalidate, and the next run builds their time again."
            );
        var columns = source.Columns;
        var comparison = engine.Capabilities.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return
        [
            .. from pair in request.Where
            let column = columns.FirstOrDefault(c => string.Equals(c.Name, pair.Key, comparison))
                ?? throw new PolicyException(
                    WorkCodes.BadErasure,
                    $"{blueprint.Source.Text} has no column {pair.Key}; it has {string.Join(", ", columns.Select(c => c.Name))}."
                )
            select (column, pair.Value),
        ];
    }

    private static void Check(Inspection survey, TimeRange range)
    {
        var ledger = survey.State.Ledger;
        if (ledger.Holds.FirstOrDefault(h => h.Range.Overlaps(range)) is { } hold)
            throw new HaltException(
                WorkCodes.ErasureHeld,
                $"A hold by {hold.Who} keeps rows of {survey.Blueprint.Policy.Name} in {hold.Range}: {hold.Reason}. Nothing was erased; policy release ends it."
            );
        if (ColumnTypeChanges.Of(survey.Blueprint, ledger) is { Count: > 0 } columns)
            throw new PolicyException(
                WorkCodes.BadErasure,
                $"{columns[0].Column} was {columns[0].Before} and is {columns[0].Now}: {(ColumnTypeChanges.IsTime(survey.Blueprint, columns[0]) ? "give it its old type back first" : $"policy accept-types {survey.Blueprint.Policy.Name} first")}."
            );
    }

    private static JsonObject Facts(EraseReport report, IEnumerable<(Column Column, string? Value)> where)
    {
        var facts = new JsonObject
        {
            ["columns"] = new JsonArray([
                .. where.Select(w => w.Column.Name).Distinct(StringComparer.Ordinal).Select(n => JsonValue.Create(n)),
            ]),
            ["range"] = report.Range.ToString(),
            ["rows"] = report.Rows,
            ["archives"] = report.Archives.Count,
        };
        foreach (var tier in report.Tiers)
        {
            facts[tier.Relation.Text] = new JsonObject
            {
                ["removed"] = tier.Removed,
                ["rebuilt"] = tier.Rebuilt.ToString(),
                ["kept"] = tier.Kept.ToString(),
            };
        }

        return facts;
    }

    /// <summary>Rolls the transaction back: it was only asked what would happen.</summary>
    private sealed class OnlyLooked(EraseReport report) : Exception
    {
        public EraseReport Report { get; } = report;
    }
}

/// <summary>What is to be erased.</summary>
public sealed record EraseRequest
{
    /// <summary>The policy, or its table.</summary>
    public required string Policy { get; init; }

    /// <summary>
    /// Columns of the source and their values, of every column one: texts that say values of their types, a time in UTC; null for
    /// NULL. At least one.
    /// </summary>
    public required IReadOnlyList<KeyValuePair<string, string?>> Where { get; init; }

    /// <summary>Only rows of this time; null: of any, and those without one.</summary>
    public TimeRange? Range { get; init; }

    /// <summary>Says what would happen, and changes nothing.</summary>
    public bool OnlyLook { get; init; }
}

/// <summary>What was erased, and what could not be.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Range">The time that was asked for.</param>
/// <param name="Rows">Rows removed from the source.</param>
/// <param name="Tiers">Tier by tier, finest first.</param>
/// <param name="Archives">Parts of archives that hold rows of that time: what was erased may still be in them. Parts that a pruning has
/// begun to remove are among them: their files may still be there.</param>
public sealed record EraseReport(
    string Policy,
    TimeRange Range,
    long Rows,
    IReadOnlyList<ErasedTier> Tiers,
    IReadOnlyList<ArchivedPart> Archives
)
{
    /// <summary>True where nothing matched: no row was removed, and no bucket built again.</summary>
    public bool IsEmpty => Rows == 0 && Tiers.All(t => t.Removed == 0 && t.Rebuilt.IsEmpty);
}

/// <summary>What was erased from one tier.</summary>
/// <param name="Relation">Its id.</param>
/// <param name="Removed">Rows of the series themselves that were removed from it.</param>
/// <param name="Rebuilt">Buckets that were built again without the erased rows.</param>
/// <param name="Kept">Buckets that may still count erased rows: what they were built from is no longer whole.</param>
public sealed record ErasedTier(RelationId Relation, long Removed, RangeSet Rebuilt, RangeSet Kept);
