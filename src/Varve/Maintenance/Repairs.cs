using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>What a person does beside runs: holds, checks, and marks. Each is in the audit log.</summary>
internal sealed class Repairs(IEngine engine, Session session, AuditActor actor)
{
    public async Task<Hold> HoldAsync(
        string policy,
        string? relation,
        TimeRange range,
        string reason,
        Instant? until,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new PolicyException(WorkCodes.BadHold, "A hold needs a reason: whoever finds it later must know why (--reason).");
        if (range.IsEmpty)
            throw new PolicyException(WorkCodes.BadHold, "The range of the hold is empty: --from must be before --to.");
        if (until <= session.Now())
            throw new PolicyException(WorkCodes.BadHold, $"--until {InstantText.Format(until.Value)} has passed already.");
        var stored = await session.PatternAsync(policy, cancellationToken) ?? await session.OneAsync(policy, cancellationToken);
        var hold = new Hold(Guid.CreateVersion7().ToString(), Relation(stored.Policy, relation), range, reason, actor.User, until);
        var facts = new JsonObject
        {
            ["hold"] = hold.Id,
            ["relation"] = hold.Relation?.Text,
            ["range"] = range.ToString(),
            ["reason"] = reason,
            ["until"] = until is { } end ? InstantText.Format(end) : null,
        };
        return await RecordAsync(
            stored.Policy.Name,
            "hold.set",
            facts,
            async (s, token) =>
            {
                await session.Store.Holds.AddAsync(s, stored.Policy.Name, hold, session.Now(), token);
                return hold;
            },
            cancellationToken
        );
    }

    public async Task<int> ReleaseAsync(string policy, string? hold, CancellationToken cancellationToken)
    {
        // A hold outlives what it was set for, and ends under that name.
        var isHeld = await session.ReadAsync((s, token) => session.Store.Holds.AnyAsync(s, policy, token), false, cancellationToken);
        var stored = isHeld
            ? null
            : await session.PatternAsync(policy, cancellationToken) ?? await session.OneAsync(policy, cancellationToken);
        var (name, elsewhere) = (
            stored?.Policy.Name ?? policy,
            stored?.Pattern is { } pattern ? $" of its own (policy release {pattern} ends those of its pattern)" : ""
        );
        return await RecordAsync(
            name,
            "hold.released",
            new JsonObject { ["hold"] = hold ?? "all" },
            async (s, token) =>
            {
                var kept = (await session.Store.Holds.OfAsync(s, name, token))
                    .Where(h => hold is null || h.Id.StartsWith(hold, StringComparison.Ordinal))
                    .Select(h => h.Kept)
                    .ToList();
                var ended = (int)await session.Store.Holds.ReleaseAsync(s, name, hold, token);
                if (ended == 0)
                    throw new PolicyException(
                        WorkCodes.NoHold,
                        hold is null
                            ? $"{name} has no hold{elsewhere}."
                            : $"{name} has no hold{elsewhere} that begins with {hold}; status lists them."
                    );
                foreach (
                    var member in (await session.Store.Policies.ListAsync(s, token)).Where(p => p.Policy.Name == name || p.Pattern == name)
                )
                {
                    var ledger = await session.Store.Ledgers.LoadAsync(s, member, session.Now(), token);
                    await session.Store.Ledgers.SaveAsync(
                        s,
                        member.Policy.Name,
                        ledger with
                        {
                            Released = [.. ledger.Released.Union(kept)],
                        },
                        token
                    );
                }

                return ended;
            },
            cancellationToken
        );
    }

    public async Task<IReadOnlyList<VerifyReport>> VerifyAsync(StoredPolicy stored, TimeRange range, CancellationToken cancellationToken)
    {
        var survey = await session.Inspector.InspectAsync(stored, session.Now(), cancellationToken, withBytes: false);
        return await engine.TransactAsync(
            async (s, token) =>
            {
                List<VerifyReport> reports = [];
                var draft = new ProjectedLedger(survey.Blueprint, survey.State);
                foreach (var tier in survey.Blueprint.Tiers)
                    reports.Add(await VerifyAsync(s, draft, tier, range, token));
                return (IReadOnlyList<VerifyReport>)reports;
            },
            Scope.Reading,
            cancellationToken
        );
    }

    /// <summary>
    /// Takes rows of tiers that the catalog does not know for built as they are; the number of buckets. What lies before
    /// the oldest row of a relation counts as expired then, so that nothing is built again from an input that is gone.
    /// </summary>
    public async Task<int> AdoptAsync(string policy, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(await session.OneAsync(policy, cancellationToken), cancellationToken);
        var (stored, blueprint, state, _) = work.Survey;
        if (state.Unknown.Count == 0)
            return 0;
        var facts = new JsonObject();
        foreach (var (tier, range) in state.Unknown)
            facts[tier.Text] = range.ToString();
        return await session.WriteAsync(
            async (s, token) =>
            {
                var draft = new ProjectedLedger(blueprint, state);
                var adopted = 0;
                foreach (var tier in blueprint.Tiers.Where(t => state.Unknown.ContainsKey(t.Id)))
                {
                    var labels = await s.QueryAsync(
                        RowsSql.Labels(engine.Dialect, blueprint.Time.Starts, tier.States, state.Ledger.Of(tier.Id).Covered.Complement()),
                        token
                    );
                    adopted += labels.Count;
                    draft.Adopt(tier, RangeSet.Of(labels.Select(l => tier.Grid.BucketOf(Micros.ToInstant(l.Long(0))))));
                }

                draft.FreezeWhatIsGone();
                await Record.WriteAsync(s, stored.Policy.Name, draft.Now with { PublishedRevision = 0 }, "coverage.adopted", facts, token);
                return adopted;
            },
            cancellationToken
        );
    }

    /// <summary>
    /// A person's word about a table that is not the one that the tiers were built from. Another table: what is covered is
    /// history of its own, as if its rows had expired. The same: what differs is followed like any change.
    /// </summary>
    public async Task<SourceAdoption> AdoptSourceAsync(string policy, bool isSame, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(await session.OneAsync(policy, cancellationToken), cancellationToken);
        var (stored, blueprint, state, _) = work.Survey;
        return await session.WriteAsync(
            async (s, token) =>
            {
                var comparable = Planner.Watch(blueprint, state.Ledger, session.Now()).Comparable;
                if (await new SourceLook(engine.Dialect, s, blueprint).LookAsync(state.Ledger, comparable, token) is null)
                    throw new PolicyException(
                        WorkCodes.OtherTable,
                        $"{blueprint.Source.Text} is the table that {stored.Policy.Name} was built from, as far as can be told: there is nothing to adopt. varve verify {stored.Policy.Name} compares all of it."
                    );
                var draft = new ProjectedLedger(blueprint, state);

                // Where nothing is built, there is nothing to follow and no history: the policy only keeps another table from now on.
                var until = isSame ? draft.FollowSource(comparable) : draft.LeaveSource();
                var end = until ?? session.Now();
                var before = RangeSet.Of(TimeRange.Before(end));
                var late =
                    isSame || until is null
                        ? 0
                        : (await s.QueryAsync(RowsSql.Count(engine.Dialect, blueprint.Time, blueprint.Source, before), token))[0].Long(0);
                var facts = new JsonObject
                {
                    ["same"] = isSame,
                    ["until"] = InstantText.Format(end),
                    ["late"] = late,
                };
                await Record.WriteAsync(
                    s,
                    stored.Policy.Name,
                    draft.Now with
                    {
                        PublishedRevision = 0,
                        Seen = [],
                    },
                    "source.adopted",
                    facts,
                    token
                );
                return new SourceAdoption(stored.Policy.Name, end, late);
            },
            cancellationToken
        );
    }

    public async Task<int> AcceptAsync(string policy, TimeRange range, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(await session.OneAsync(policy, cancellationToken), cancellationToken);
        var (name, ledger, accepted) = (work.Survey.Stored.Policy.Name, work.Survey.State.Ledger, 0);
        foreach (var (relation, sets) in work.Survey.State.Ledger.Relations)
        {
            var fresh = sets.Halted.Intersect(range).Except(sets.Accepted);
            if (fresh.IsEmpty)
                continue;
            accepted += fresh.Count;
            ledger = ledger.With(relation, sets with { Accepted = sets.Accepted.Union(fresh) });
        }

        if (accepted == 0)
            throw new PolicyException(
                WorkCodes.NothingWaits,
                $"Nothing of {name} waits for a person there; status says what waits and why."
            );
        await WriteAsync(name, ledger, "proof.accepted", new() { ["range"] = range.ToString() }, cancellationToken);
        return accepted;
    }

    public async Task<long> InvalidateAsync(string policy, TimeRange range, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(await session.OneAsync(policy, cancellationToken), cancellationToken);
        var name = work.Survey.Stored.Policy.Name;
        if (work.Survey.Blueprint.Tiers.Count == 0)
            throw new PolicyException(WorkCodes.NothingToBuild, $"{name} has no tiers: there is nothing to build again.");
        var (ledger, marked) = Invalidated(work.Survey, range);
        if (marked == 0)
            throw new PolicyException(
                WorkCodes.NothingToBuild,
                $"No covered bucket of {range} can be built again: its rows have expired, or it was never built."
            );
        await WriteAsync(name, ledger, "range.invalidated", new() { ["range"] = range.ToString() }, cancellationToken);
        return marked;
    }

    /// <summary>
    /// Marks what its input still has, of every tier; the number of buckets, of the finest tier that has some. A range whose
    /// values wait for a person is decided by that, but for cut buckets, which are never built again.
    /// </summary>
    private static (Ledger Ledger, long Marked) Invalidated(Inspection survey, TimeRange range)
    {
        var (blueprint, ledger, draft) = (survey.Blueprint, survey.State.Ledger, new ProjectedLedger(survey.Blueprint, survey.State));
        var cut = blueprint.Tiers.Aggregate(RangeSet.Empty, (all, tier) => all.Union(ledger.Of(tier.Id).CutRanges));
        Dictionary<RelationId, RangeSet> decided = [];
        var (marked, result) = (0L, ledger);
        foreach (var tier in blueprint.Tiers)
        {
            var before = ledger.Of(tier.Id);
            var again = RangeSet.Empty;
            foreach (var input in new[] { tier.Input, RelationId.Source }.Distinct())
            {
                var whole = tier.WholeBuckets(
                    input == RelationId.Source ? draft.Unavailable(input, tier).Complement() : draft.AvailableTo(input, tier)
                );
                var some = tier.BucketsTouching(RangeSet.Of(range))
                    .Intersect(tier.TakenFrom(input))
                    .Intersect(before.Covered)
                    .Except(before.CutRanges)
                    .Except(before.Frozen)
                    .Intersect(whole);
                if (some.IsEmpty)
                    continue;
                decided[input] = decided.GetValueOrDefault(input, RangeSet.Empty).Union(some.Except(cut));
                again = again.Union(some);
            }

            if (again.IsEmpty)
                continue;
            if (marked == 0)
                marked = again.SelectMany(tier.Grid.Buckets).LongCount();
            result = result.With(tier.Id, before with { Dirty = before.Dirty.Union(again), MayShrink = before.MayShrink.Union(again) });
        }

        foreach (var (relation, again) in decided)
            result = result.With(relation, result.Of(relation) with { Halted = result.Of(relation).Halted.Except(again) });
        return (result, marked);
    }

    private async Task<VerifyReport> VerifyAsync(
        IStatements statements,
        ProjectedLedger draft,
        TierLayout tier,
        TimeRange range,
        CancellationToken cancellationToken
    )
    {
        var sets = draft.Of(tier.Id);
        var open = sets
            .Covered.Except(sets.Dirty)
            .Except(sets.Frozen)
            .Except(sets.CutRanges)
            .Intersect(tier.WholeBuckets(RangeSet.Of(range)))
            .Intersect(TimeRange.Since(draft.HistoryStart(tier)));
        var (compared, buckets, mismatches) = (RangeSet.Empty, 0L, new List<Mismatch>());
        foreach (var input in new[] { tier.Input, RelationId.Source }.Distinct())
        {
            var taken = open.Intersect(tier.TakenFrom(input)).Intersect(tier.WholeBuckets(draft.AvailableTo(input, tier)));
            if (taken.IsEmpty)
                continue;
            compared = compared.Union(taken);
            foreach (var (part, unknown) in Parts(draft, tier, input, taken))
            {
                var compare = new CompareSql(draft.Blueprint.Without(unknown), tier, engine.Dialect);
                buckets += (await statements.QueryAsync(compare.Compared(part), cancellationToken))[0].Long(0);
                var differing = await statements.QueryAsync(compare.Buckets(input, part), cancellationToken);
                buckets -= differing.Sum(r => r.Long(6));
                mismatches.AddRange(
                    await MismatchExamples.AddAsync(
                        statements,
                        compare,
                        draft.Blueprint,
                        tier,
                        input,
                        Mismatches.Read(tier, differing),
                        cancellationToken
                    )
                );
            }
        }

        return new(draft.Blueprint.Policy.Name, tier.Id, compared, buckets, [.. mismatches.OrderBy(m => m.Bucket.From)]);
    }

    /// <summary>What a changed policy has asked for since the last run is in no table yet, and so not compared.</summary>
    private static IEnumerable<ThinPart> Parts(ProjectedLedger draft, TierLayout tier, RelationId input, RangeSet open)
    {
        List<string> missing =
        [
            .. new[] { tier.Id, input }
                .Where(r => r != RelationId.Source)
                .SelectMany(r => draft.Blueprint.StateNames.Except(draft.Of(r).Columns, StringComparer.Ordinal)),
        ];
        return draft
            .States.Thin(tier, input, open)
            .Select(p => p with { Unknown = p.Unknown.Union(missing).ToHashSet(StringComparer.Ordinal) });
    }

    private CommandRecord Record => new(engine, session.Store, actor, session.Now());

    private Task WriteAsync(string policy, Ledger ledger, string action, JsonObject facts, CancellationToken cancellationToken) =>
        session.WriteAsync(
            async (s, token) =>
            {
                await Record.WriteAsync(s, policy, ledger, action, facts, token);
                return 0;
            },
            cancellationToken
        );

    private Task<T> RecordAsync<T>(
        string policy,
        string action,
        JsonObject facts,
        Func<IStatements, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    ) =>
        session.WriteAsync(
            async (s, token) =>
            {
                var result = await work(s, token);
                await session.Store.Audit.AppendAsync(s, actor, session.Now(), action, policy, facts, token);
                return result;
            },
            cancellationToken
        );

    private static RelationId? Relation(Policy policy, string? relation)
    {
        if (relation is null)
            return null;
        if (relation == RelationId.Source.Text)
            return RelationId.Source;
        var ids = policy.Tiers.Select(t => (Name: TierNames.Of(t), Id: RelationId.Of(t, policy))).ToList();
        return ids.Find(t => t.Id.Text == relation || t.Name == relation).Id
            ?? throw new PolicyException(
                WorkCodes.BadHold,
                $"{policy.Name} has no tier {relation}; it has {string.Join(", ", ids.Select(t => t.Id).Prepend(RelationId.Source))}."
            );
    }
}
