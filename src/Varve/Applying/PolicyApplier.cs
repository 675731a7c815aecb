using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>Checking and storing policies and patterns against the tables that are there.</summary>
internal sealed class PolicyApplier(
    IEngine engine,
    CatalogStore desk,
    PolicyChecker check,
    PatternExpander patterns,
    AuditActor actor,
    TimeProvider clock
)
{
    /// <summary>
    /// One report for each document, a pattern's before those of its tables; measures are resolved where the table could be read.
    /// </summary>
    public async Task<IReadOnlyList<Checked>> CheckAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken) =>
        (await LookAsync(documents, await check.ShelfAsync(cancellationToken), cancellationToken)).Checks;

    /// <summary>
    /// Stores all policies and patterns, or none where one is refused; a table that a pattern cannot keep refuses nothing.
    /// </summary>
    public async Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        bool prune,
        IReadOnlyDictionary<string, int> expected,
        CancellationToken cancellationToken
    )
    {
        await desk.Schema.UpgradeAsync(cancellationToken);
        var shelf = await check.ShelfAsync(cancellationToken);
        var (checks, expansions) = await LookAsync(documents, shelf, cancellationToken);
        List<Problem> errors = [.. checks.SelectMany(c => c.Errors)];
        if (errors.Count > 0)
            throw new PolicyException(errors);
        await desk.Schema.EnsureAsync(cancellationToken);
        await using var alone = await Leases.TakeAsync(
            engine,
            checks.Where(c => SetsAside(c, shelf)).Select(c => c.Policy.Name),
            cancellationToken
        );
        return await engine.TransactAsync(
            async (statements, token) =>
            {
                List<ApplyResult> results = [];
                if (expected.Count > 0)
                    await UnchangedAsync(statements, expected, token);
                foreach (var one in checks.Where(c => c.Pattern is null))
                {
                    results.Add(await StoreAsync(statements, one, shelf, token));
                    if (expansions.FirstOrDefault(e => e.Name == one.Policy.Name) is { } expansion)
                        results.AddRange(await FollowAsync(statements, expansion, results[^1].Revision, shelf, token));
                }

                if (prune)
                    results.AddRange(await PruneAsync(statements, documents, shelf, token));
                return (IReadOnlyList<ApplyResult>)results;
            },
            Scope.Writing,
            cancellationToken
        );
    }

    /// <summary>
    /// Takes up the tables that stored patterns match and that have no policy yet, and lets the others follow a changed pattern.
    /// </summary>
    /// <returns>What was stored.</returns>
    public async Task<IReadOnlyList<ApplyResult>> TakeUpAsync(
        IReadOnlyList<PatternExpansion> expansions,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        var members = expansions.SelectMany(e => e.Members.OfType<PatternMember.Follows>()).Select(m => m.Now);
        await using var alone = await Leases.TakeAsync(
            engine,
            members.Where(c => SetsAside(c, shelf)).Select(c => c.Policy.Name),
            cancellationToken
        );
        return await engine.TransactAsync(
            async (statements, token) =>
            {
                List<ApplyResult> results = [];
                foreach (var expansion in expansions)
                    results.AddRange(await FollowAsync(statements, expansion, expansion.Stored!.Revision, shelf, token));
                return (IReadOnlyList<ApplyResult>)results;
            },
            Scope.Writing,
            cancellationToken
        );
    }

    /// <summary>Takes a policy, or a pattern with those that come from it, out of force; relations stay.</summary>
    /// <exception cref="PolicyException">The policy comes from a pattern that is in force and would make it again.</exception>
    public async Task<IReadOnlyList<ApplyResult>> DeleteAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        var shelf = await check.ShelfAsync(cancellationToken);
        if (
            stored.Pattern is { } pattern
            && shelf.FindPattern(pattern) is not null
            && await Look.DescribeAsync(engine, stored.Policy.Table, cancellationToken) is not null
        )
            throw new PolicyException(
                WorkCodes.OfPattern,
                $"{stored.Policy.Name} comes from the pattern {pattern}, and the next run would take the table up again. Name it under `except` of the pattern and apply that, or delete the pattern: varve policy delete {pattern}."
            );
        return await engine.TransactAsync<IReadOnlyList<ApplyResult>>(
            async (statements, token) =>
            {
                List<ApplyResult> results = [await DeleteAsync(statements, stored, token)];
                foreach (var follower in shelf.Policies.Where(p => stored.Policy.Table.IsPattern && p.Pattern == stored.Policy.Name))
                    results.Add(await DeleteAsync(statements, follower, token));
                return results;
            },
            Scope.Writing,
            cancellationToken
        );
    }

    private async Task UnchangedAsync(
        IStatements statements,
        IReadOnlyDictionary<string, int> expected,
        CancellationToken cancellationToken
    )
    {
        List<StoredPolicy> stored =
        [
            .. await desk.Policies.ListAsync(statements, cancellationToken),
            .. await desk.Policies.PatternsAsync(statements, cancellationToken),
        ];
        foreach (var (policy, revision) in expected)
            Unchanged(policy, revision, stored.Find(s => s.Policy.Name == policy));
    }

    private static void Unchanged(string policy, int expected, StoredPolicy? stored)
    {
        if (expected == (stored?.Revision ?? 0))
            return;
        var now = stored is null
            ? "is not stored"
            : FormattableString.Invariant(
                $"has the revision {stored.Revision}, applied {Time.InstantText.Format(stored.AppliedAt)} by {stored.AppliedBy}"
            );
        throw new PolicyException(
            WorkCodes.OtherRevision,
            FormattableString.Invariant(
                $"{policy} was to have the revision {expected}, and {now}: somebody changed it since it was read. Nothing was stored. Read it again (policy show {policy}), put your change into that, and apply it with that revision."
            )
        );
    }

    private async Task<(IReadOnlyList<Checked> Checks, IReadOnlyList<PatternExpansion> Expansions)> LookAsync(
        IReadOnlyList<PolicyDocument> documents,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        var expansions = await patterns.ExpandAsync(documents, shelf, cancellationToken);
        List<Checked> checks = [];
        foreach (var document in documents)
        {
            if (expansions.FirstOrDefault(e => e.Pattern == document) is not { } expansion)
            {
                checks.Add(await check.CheckAsync(document, shelf, cancellationToken));
                continue;
            }

            List<Problem> problems = [.. PolicyRules.Check(document.Policy), .. expansion.Notes];
            if (shelf.Find(expansion.Name) is { } taken)
                problems.Add(
                    new(
                        PolicyCodes.OneEach,
                        $"The name `{expansion.Name}` is taken by the policy for {taken.Policy.Table.Text}. Give the pattern another `policy`."
                    )
                    {
                        Path = "policy",
                    }
                );
            checks.Add(new(document, new(document.Policy, document.Locate(problems))));
            checks.AddRange(expansion.Members.OfType<PatternMember.Follows>().Select(m => m.Now));
        }

        return (checks, expansions);
    }

    private async Task<IReadOnlyList<ApplyResult>> FollowAsync(
        IStatements statements,
        PatternExpansion expansion,
        int revision,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        List<ApplyResult> results = [];
        foreach (var member in expansion.Members.OfType<PatternMember.Follows>())
        {
            results.Add(await StoreAsync(statements, member.Now, shelf, cancellationToken, revision));
            if (results[^1].Outcome == ApplyOutcome.Unchanged && member.Before!.PatternRevision != revision)
                await desk.Policies.FollowAsync(statements, member.Now.Policy.Name, revision, cancellationToken);
        }

        foreach (var released in expansion.Released)
            results.Add(await DeleteAsync(statements, released, cancellationToken));
        return results;
    }

    private async Task<IReadOnlyList<ApplyResult>> PruneAsync(
        IStatements statements,
        IReadOnlyList<PolicyDocument> documents,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        List<ApplyResult> results = [];
        bool IsGone(string policy) => documents.All(d => d.Policy.Name != policy);
        foreach (
            var gone in shelf.Patterns.Concat(shelf.Policies).Where(p => IsGone(p.Policy.Name) && (p.Pattern is null || IsGone(p.Pattern)))
        )
            results.Add(await DeleteAsync(statements, gone, cancellationToken));
        return results;
    }

    private async Task<ApplyResult> DeleteAsync(IStatements statements, StoredPolicy stored, CancellationToken cancellationToken)
    {
        await desk.Policies.DeleteAsync(statements, stored.Policy.Name, cancellationToken);
        await desk.Audit.AppendAsync(
            statements,
            actor,
            Now(),
            $"{Kind(stored.Policy)}.deleted",
            stored.Policy.Name,
            new JsonObject { ["revision"] = stored.Revision, ["sha256"] = stored.Hash },
            cancellationToken
        );
        return new(stored.Policy.Name, stored.Revision, ApplyOutcome.Deleted, []) { Pattern = stored.Pattern };
    }

    private async Task<ApplyResult> StoreAsync(
        IStatements statements,
        Checked one,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken,
        int patternRevision = 0
    )
    {
        var (policy, notes) = (one.Policy, one.Report.Problems);
        var before = policy.Table.IsPattern ? shelf.FindPattern(policy.Name) : shelf.Find(policy.Name);
        if (before?.Hash == PolicyJson.Hash(policy) && before.Pattern == one.Pattern)
            return new(policy.Name, before.Revision, ApplyOutcome.Unchanged, notes) { Pattern = one.Pattern };
        await PrepareLedgerAsync(statements, one, shelf, cancellationToken);
        var revision = await desk.Policies.StoreAsync(
            statements,
            one.Document,
            one.Pattern is { } pattern ? (pattern, patternRevision) : null,
            Now(),
            actor.User,
            cancellationToken
        );
        var facts = new JsonObject
        {
            ["revision"] = revision,
            ["sha256"] = PolicyJson.Hash(policy),
            ["table"] = policy.Table.Text,
        };
        if (one.Pattern is not null)
            facts["pattern"] = one.Pattern;
        await desk.Audit.AppendAsync(
            statements,
            actor,
            Now(),
            $"{Kind(policy)}.{(before is null ? "created" : "changed")}",
            policy.Name,
            facts,
            cancellationToken
        );
        return new(policy.Name, revision, before is null ? ApplyOutcome.Created : ApplyOutcome.Changed, notes) { Pattern = one.Pattern };
    }

    // Before the revision is stored: a ledger that is ahead of its policy keeps a run from building anything, one that is
    // behind would let it build on tiers of other series, or on what has expired.
    private async Task PrepareLedgerAsync(IStatements statements, Checked one, CatalogSnapshot shelf, CancellationToken cancellationToken)
    {
        var name = one.Policy.Name;
        var inherited = one.Source is { } source && shelf.Begins(one.Policy) ? shelf.InheritedBy(one.Policy, source) : null;
        if (!SetsAside(one, shelf) && inherited is null)
            return;
        var before = await desk.Ledgers.LoadAsync(statements, name, cancellationToken);
        var ledger = before;
        if (SetsAside(one, shelf))
        {
            var revision = await desk.Policies.NewestAsync(statements, name, cancellationToken) + 1;
            await desk.Holds.SetAsideAsync(statements, name, revision, cancellationToken);
            ledger = ledger.SetAside(revision);
        }

        if (inherited is not null && !inherited.Equals(ledger.Of(RelationId.Source).Frozen))
            ledger = ledger.Expired(inherited);
        if (LedgerJson.Write(ledger) != LedgerJson.Write(before))
            await desk.Ledgers.SaveAsync(statements, name, ledger, cancellationToken);
    }

    private static bool SetsAside(Checked one, CatalogSnapshot shelf) =>
        !one.Policy.Table.IsPattern && PolicyChanges.SetsAside(shelf.RevisionsOf(one.Policy.Name), one.Policy);

    private static string Kind(Policy policy) => policy.Table.IsPattern ? "pattern" : "policy";

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());
}
