using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>Checking and storing policies against the tables that are there.</summary>
internal sealed class PolicyDesk(IEngine engine, CatalogDesk desk, Surveyor surveyor, AuditActor actor, TimeProvider clock)
{
    /// <summary>Checks policies; those with the measures resolved come back where their table could be read.</summary>
    public async Task<IReadOnlyList<(CheckReport Report, Blueprint? Blueprint)>> CheckAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(cancellationToken);
        List<(CheckReport, Blueprint?)> reports = [];
        foreach (var document in documents) reports.Add(await CheckAsync(document, stored, cancellationToken));
        return reports;
    }

    /// <summary>Stores all policies, or none where one is refused.</summary>
    public async Task<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<PolicyDocument> documents, bool prune, IReadOnlyDictionary<string, int> expected, CancellationToken cancellationToken)
    {
        await desk.Schema.UpgradeAsync(cancellationToken);
        var checks = await CheckAsync(documents, cancellationToken);
        List<Problem> errors = [.. checks.SelectMany(c => c.Report.Problems).Where(p => !p.IsWarning)];
        if (errors.Count > 0) throw new PolicyException(errors);
        await desk.Schema.EnsureAsync(cancellationToken);
        return await engine.TransactAsync(
            async (statements, token) =>
            {
                List<ApplyResult> results = [];
                var stored = await desk.Policies.ListAsync(statements, token);
                foreach (var (policy, revision) in expected) Unchanged(policy, revision, stored.FirstOrDefault(s => s.Policy.Name == policy));
                for (var i = 0; i < documents.Count; i++)
                    results.Add(await StoreAsync(statements, documents[i] with { Policy = checks[i].Report.Policy }, checks[i].Report.Problems, stored, token));
                if (!prune) return (IReadOnlyList<ApplyResult>)results;
                foreach (var gone in stored.Where(s => documents.All(d => d.Policy.Name != s.Policy.Name)))
                    results.Add(await DeleteAsync(statements, gone, token));
                return results;
            },
            readOnly: false,
            cancellationToken);
    }

    private static void Unchanged(string policy, int expected, StoredPolicy? stored)
    {
        if (expected == (stored?.Revision ?? 0)) return;
        var now = stored is null ? "is not stored" : FormattableString.Invariant($"has the revision {stored.Revision}, applied {Time.InstantText.Format(stored.AppliedAt)} by {stored.AppliedBy}");
        throw new PolicyException("VRV315", FormattableString.Invariant($"{policy} was to have the revision {expected}, and {now}: somebody changed it since it was read. Nothing was stored. Read it again (policy show {policy}), put your change into that, and apply it with that revision."));
    }

    /// <summary>Takes a policy out of force; its relations stay.</summary>
    public async Task<ApplyResult> DeleteAsync(IStatements statements, StoredPolicy stored, CancellationToken cancellationToken)
    {
        await desk.Policies.DeleteAsync(statements, stored.Policy.Name, cancellationToken);
        await desk.Audit.AppendAsync(statements, actor, Now(), "policy.deleted", stored.Policy.Name, new JsonObject { ["revision"] = stored.Revision, ["sha256"] = stored.Hash }, cancellationToken);
        return new(stored.Policy.Name, stored.Revision, ApplyOutcome.Deleted, []);
    }

    private async Task<ApplyResult> StoreAsync(IStatements statements, PolicyDocument document, IReadOnlyList<Problem> notes, IReadOnlyList<StoredPolicy> stored, CancellationToken cancellationToken)
    {
        var policy = document.Policy;
        var before = stored.FirstOrDefault(s => s.Policy.Name == policy.Name);
        if (before?.Hash == PolicyJson.Hash(policy)) return new(policy.Name, before.Revision, ApplyOutcome.Unchanged, notes);
        var revision = await desk.Policies.StoreAsync(statements, document, Now(), actor.User, cancellationToken);
        var facts = new JsonObject { ["revision"] = revision, ["sha256"] = PolicyJson.Hash(policy), ["table"] = policy.Table.Text };
        await desk.Audit.AppendAsync(statements, actor, Now(), before is null ? "policy.created" : "policy.changed", policy.Name, facts, cancellationToken);
        return new(policy.Name, revision, before is null ? ApplyOutcome.Created : ApplyOutcome.Changed, notes);
    }

    /// <summary>Why a table can have no policy of its own any more; null where it can.</summary>
    public async Task<Problem?> BelongsAsync(TableName table, CancellationToken cancellationToken) =>
        await BelongsAsync(table, "", await StoredAsync(cancellationToken), cancellationToken);

    private async Task<Problem?> BelongsAsync(TableName table, string policy, Stored stored, CancellationToken cancellationToken)
    {
        if (IsOwn(table, stored)) return new("VRV135", $"{table.Text} is a relation of Varve's own, and cannot be the source of a policy.") { Path = "table" };
        foreach (var other in stored.Policies.Select(s => s.Policy).Where(p => p.Name != policy && Same(p.Table.Name, table.Name)))
        {
            // A policy may say its table without the schema, which is the engine's default one then.
            var theirs = other.Table.Schema is null ? (await engine.DescribeAsync(other.Table, cancellationToken))?.Table : other.Table;
            if (theirs is not null && Same(theirs, table))
                return new("VRV108", $"{table.Text} belongs to the policy {other.Name} already, and a table belongs to exactly one: change that policy, or delete it first (policy delete {other.Name}).") { Path = "table" };
        }

        return null;
    }

    private async Task<(CheckReport, Blueprint?)> CheckAsync(PolicyDocument document, Stored stored, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        var policy = document.Policy;
        var description = await engine.DescribeAsync(policy.Table, cancellationToken);
        Blueprint? blueprint = null;
        if (description is null)
        {
            problems.AddRange(PolicyRules.Check(policy));
            problems.Add(BlueprintRules.NoTable(policy, (await engine.TransactAsync(desk.BaseTablesAsync, readOnly: true, cancellationToken)).Where(t => !IsOwn(t, stored))));
        }
        else
        {
            var taken = await TakenAsync(policy, description.Table, stored, cancellationToken);
            blueprint = BlueprintRules.Resolve(policy, description, surveyor.Limits(taken.Contains), Surveyor.Span, problems);
            if (await BelongsAsync(description.Table, policy.Name, stored, cancellationToken) is { } belongs) problems.Add(belongs);
        }

        var resolved = blueprint?.Policy ?? policy;
        if (surveyor.Declared(policy) is { } undeclared) problems.Add(undeclared);
        if (blueprint is not null) problems.AddRange(PolicyChanges.Refused([.. stored.Revisions.Where(r => r.Name == policy.Name)], resolved));
        if (blueprint is not null && stored.Relations.Any(r => r.Policy == policy.Name))
            problems.AddRange(await engine.TransactAsync((s, token) => new ViewReaders(engine, desk, s).OfAsync(blueprint, token), readOnly: true, cancellationToken));
        return (new(resolved, [.. problems.Select(p => p.Position is null && p.Path is { } path ? p with { Position = document.At(path) } : p)]), blueprint);
    }

    /// <summary>Relations that the policy would create and that exist without being its own.</summary>
    private async Task<HashSet<TableName>> TakenAsync(Policy policy, TableName source, Stored stored, CancellationToken cancellationToken)
    {
        HashSet<TableName> taken = [];
        foreach (var (relation, _) in TierNames.All(policy, source))
        {
            if (stored.Relations.Any(r => r.Policy == policy.Name && Same(r.Table, relation))) continue;
            if (await engine.DescribeAsync(relation, cancellationToken) is not null) taken.Add(relation);
        }

        return taken;
    }

    private async Task<Stored> StoredAsync(CancellationToken cancellationToken)
    {
        if (!await desk.Schema.ExistsAsync(cancellationToken)) return new([], [], []);
        return await engine.TransactAsync(
            async (s, token) => new Stored(await desk.Policies.ListAsync(s, token), await desk.Policies.RevisionsAsync(s, token), await desk.Ledgers.RelationsAsync(s, token)), readOnly: true, cancellationToken);
    }

    private bool IsOwn(TableName table, Stored stored) => stored.Relations.Any(r => Same(r.Table, table));

    private bool Same(TableName a, TableName b) => Same(a.Name, b.Name) && Same(a.Schema, b.Schema);

    private bool Same(string? a, string? b) => string.Equals(a, b, engine.Capabilities.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());

    private sealed record Stored(IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<Policy> Revisions, IReadOnlyList<(string Policy, TableName Table)> Relations);
}
