using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>A document as it was checked.</summary>
/// <param name="Document">The policy, its measures resolved where its table could be read.</param>
/// <param name="Report">What is to be said of it.</param>
/// <param name="Source">Its table, with the schema; null for a pattern, and where it was not found.</param>
/// <param name="Pattern">The name of the pattern that it comes from; null for none.</param>
internal sealed record Checked(PolicyDocument Document, CheckReport Report, TableName? Source = null, string? Pattern = null)
{
    public Policy Policy => Document.Policy;

    public IReadOnlyList<Problem> Errors => [.. Report.Problems.Where(p => !p.IsWarning)];
}

/// <summary>Checks a policy of one table against the table that is there, and against what is stored.</summary>
internal sealed class PolicyChecker(IEngine engine, CatalogStore desk, PolicyInspector surveyor)
{
    public Task<CatalogSnapshot> ShelfAsync(CancellationToken cancellationToken) => desk.ShelfAsync(engine, cancellationToken);

    public async Task<Checked> CheckAsync(PolicyDocument document, CatalogSnapshot shelf, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        var policy = document.Policy;
        var description = await Look.DescribeAsync(engine, policy.Table, cancellationToken);
        PolicyLayout? blueprint = null;
        if (description is null)
        {
            problems.AddRange(PolicyRules.Check(policy));
            problems.Add(
                LayoutRules.NoTable(
                    policy,
                    (await engine.TransactAsync(desk.BaseTablesAsync, Scope.Reading, cancellationToken)).Where(t => !shelf.IsOwn(t))
                )
            );
        }
        else
        {
            description = await StatedParts.OfAsync(engine, policy, description, cancellationToken);
            var taken = await TakenAsync(policy, description.Table, shelf, cancellationToken);
            blueprint = LayoutRules.Resolve(policy, description, surveyor.Limits(taken.Contains), PolicyInspector.Span, problems);
            if (await BelongsAsync(description.Table, policy.Name, shelf, cancellationToken) is { } belongs)
                problems.Add(belongs);
        }

        var resolved = blueprint?.Policy ?? policy;
        if (description is not null && shelf.RevisionsOf(policy.Name) is [.., var stored])
        {
            var isSameTable =
                stored.Table == policy.Table
                || (await Look.DescribeAsync(engine, stored.Table, cancellationToken))?.Table == description.Table;
            resolved = PolicySpelling.As(stored, resolved, description.Table, isSameTable);
        }

        if (blueprint is not null)
            problems.AddRange(await PlacesAsync(policy, cancellationToken));
        if (surveyor.Declared(policy) is { } undeclared)
            problems.Add(undeclared);
        if (shelf.FindPattern(policy.Name) is { } pattern)
            problems.Add(
                new(
                    PolicyCodes.OneEach,
                    $"The name `{policy.Name}` is taken by the pattern for {pattern.Policy.Table.Text}. Give one of them another `policy`."
                )
                {
                    Path = "policy",
                }
            );
        if (blueprint is not null)
            problems.AddRange(PolicyChanges.Refused(shelf.RevisionsOf(policy.Name), resolved));
        if (description is not null && !problems.Exists(p => p is { Code: PolicyCodes.Unchangeable, Path: "time" }))
            problems.AddRange(
                shelf
                    .ExpiredOtherwise(resolved, description.Table)
                    .Select(e => PolicyChanges.RefusedSince(e, resolved))
                    .OfType<Problem>()
                    .Take(1)
            );
        if (blueprint is not null)
            problems.AddRange(
                (
                    await engine.TransactAsync(
                        (s, token) => new Observer(engine, s, blueprint).LoneAsync(token),
                        Scope.Reading,
                        cancellationToken
                    )
                ).Select(rows => PlanNotes.Alone(rows, blueprint))
            );
        if (
            blueprint is not null
            && await engine.TransactAsync(
                (s, token) => new Observer(engine, s, blueprint).UnitAsync(token),
                Scope.Reading,
                cancellationToken
            )
                is { } unit
        )
            problems.Add(unit);
        if (blueprint is not null && shelf.Relations.Any(r => r.Policy == policy.Name))
            problems.AddRange(
                await engine.TransactAsync(
                    (s, token) => new DependentViews(engine, desk, s).OfAsync(blueprint, token),
                    Scope.Reading,
                    cancellationToken
                )
            );
        return new(document with { Policy = resolved }, new(resolved, document.Locate(problems)), description?.Table);
    }

    /// <summary>Places that nothing can be moved to as things are.</summary>
    private async Task<IReadOnlyList<Problem>> PlacesAsync(Policy policy, CancellationToken cancellationToken)
    {
        if (policy.Relocate.Count == 0 || engine.Capabilities.Relocation is not { } relocation)
            return [];
        return await engine.TransactAsync<IReadOnlyList<Problem>>(
            async (statements, token) =>
            {
                List<Problem> problems = [];
                for (var i = 0; i < policy.Relocate.Count; i++)
                    if (await relocation.RefusesAsync(statements, policy.Relocate[i].To, token) is { } refused)
                        problems.Add(new(PolicyCodes.NoPlace, refused) { Path = FormattableString.Invariant($"relocate[{i}].to") });
                return problems;
            },
            Scope.Reading,
            cancellationToken
        );
    }

    /// <summary>Why a table can have no policy of that name; null where it can.</summary>
    public async Task<Problem?> BelongsAsync(TableName table, string policy, CatalogSnapshot shelf, CancellationToken cancellationToken)
    {
        if (shelf.IsOwn(table))
            return new(PolicyCodes.NameTaken, $"{table.Text} is a relation of Varve's own, and cannot be the source of a policy.")
            {
                Path = "table",
            };
        foreach (var other in shelf.OfTable(table.Name).Where(s => s.Policy.Name != policy))
        {
            // A policy may say its table without the schema, which is the engine's default one then.
            var theirs = other.Policy.Table.Schema is null
                ? (await Look.DescribeAsync(engine, other.Policy.Table, cancellationToken))?.Table
                : other.Policy.Table;
            if (theirs is null || !shelf.Same(theirs, table))
                continue;
            var name = other.Policy.Name;
            return new(
                PolicyCodes.OneEach,
                other.Pattern is { } pattern
                    ? $"{table.Text} belongs to the pattern {pattern}, as {name}. To give it a policy of its own, write policy: {name}, which goes on with what is built; or name the table under `except` of {pattern}."
                    : $"{table.Text} belongs to the policy {name} already, and a table belongs to exactly one: change that policy, or delete it first (policy delete {name})."
            )
            {
                Path = "table",
            };
        }

        return null;
    }

    /// <summary>Relations that the policy would create and that exist without being its own.</summary>
    private async Task<HashSet<TableName>> TakenAsync(
        Policy policy,
        TableName source,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        HashSet<TableName> taken = [];
        foreach (var (relation, _) in TierNames.All(policy, source))
        {
            if (shelf.IsOwn(relation, policy.Name))
                continue;
            if (await Look.DescribeAsync(engine, relation, cancellationToken) is not null)
                taken.Add(relation);
        }

        return taken;
    }
}
