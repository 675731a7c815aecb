using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Execution;

/// <summary>A policy laid over its table, what was seen of it, and the plan that follows.</summary>
internal sealed record Inspection(StoredPolicy Stored, PolicyLayout Blueprint, TableState State, Plan Plan)
{
    /// <summary>The same with a plan that removes nothing.</summary>
    public Inspection Withheld() => this with { Plan = Planner.Withheld(Blueprint, State, Plan.AsOf) };

    /// <summary>
    /// The sign that another table stands under the source's name; null where it is the same, or where nothing is to be done with
    /// it.
    /// </summary>
    public SourceDoubt? Doubt { get; init; }
}

/// <summary>From a stored policy to its plan: describe, lay, watch, observe, plan. Nothing is written.</summary>
internal sealed class PolicyInspector(IEngine engine, CatalogStore desk, ArchiveLocations locations)
{
    /// <summary>Boundaries must nest from 1970 on; older rows are checked where they are found.</summary>
    public static readonly TimeRange Span = TimeRange.Since(NodaConstants.UnixEpoch);

    /// <param name="stored">The policy.</param>
    /// <param name="asOf">The planning instant.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="withBytes">Whether a person reads the sizes; what is run has no use for them.</param>
    public Task<Inspection> InspectAsync(StoredPolicy stored, Instant asOf, CancellationToken cancellationToken, bool withBytes = true) =>
        engine.TransactAsync(
            async (statements, token) =>
            {
                var ledger = await desk.Ledgers.LoadAsync(statements, stored, asOf, token);
                return await InspectAsync(statements, stored, ledger, asOf, token, withBytes);
            },
            Scope.Reading,
            cancellationToken
        );

    /// <summary>The same for a run; null where the table of a tier has to be put back first, of which nothing is looked at.</summary>
    public Task<Inspection?> SoundAsync(StoredPolicy stored, Instant asOf, bool isHeld, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            async (statements, token) =>
            {
                var ledger = await desk.Ledgers.LoadAsync(statements, stored, asOf, token, hasHolds: isHeld);
                return BrokenTier.Is(ledger) ? null : await InspectAsync(statements, stored, ledger, asOf, token, withBytes: false);
            },
            Scope.Reading,
            cancellationToken
        );

    private async Task<Inspection> InspectAsync(
        IStatements statements,
        StoredPolicy stored,
        Ledger ledger,
        Instant asOf,
        CancellationToken cancellationToken,
        bool withBytes
    )
    {
        await statements.AheadAsync(new() { Tables = Tables(stored.Policy, ledger) }, cancellationToken);
        var blueprint = await ResolveAsync(statements, stored.Policy, cancellationToken);
        return await InspectAsync(statements, stored, blueprint, ledger, asOf, cancellationToken, withBytes);
    }

    /// <summary>What a look at a policy describes: its source, and the tables and views that the ledger knows.</summary>
    public static IReadOnlyList<TableName> Tables(Policy policy, Ledger ledger) =>
        [policy.Table, .. ledger.Relations.Values.Where(r => r.Created).SelectMany(r => r.Tables).Select(t => t.Name)];

    public async Task<Inspection> InspectAsync(
        IStatements statements,
        StoredPolicy stored,
        PolicyLayout blueprint,
        Ledger ledger,
        Instant asOf,
        CancellationToken cancellationToken,
        bool withBytes = true
    )
    {
        (blueprint, var state) = await LookAsync(statements, blueprint, ledger, asOf, withBytes, cancellationToken);
        var observer = new Observer(engine, statements, blueprint);
        if (Planner.Scattered(blueprint, state, asOf) is { } range)
            state = state with { Days = await observer.DaysAsync(ledger, range, cancellationToken) };
        var plan = Planner.Plan(blueprint, state, asOf);
        if (plan.Brake is not null)
        {
            // A person decides on what is counted, not on what is estimated.
            state = state with
            {
                Going = await observer.GoingAsync(plan, cancellationToken),
            };
            plan = Planner.Plan(blueprint, state, asOf);
        }

        if (plan.Steps.Any(s => s is PlanStep.Publish))
            plan = plan with
            {
                Notes =
                [
                    .. plan.Notes,
                    .. (await new DependentViews(engine, desk, statements).OfAsync(blueprint, cancellationToken)).Select(p =>
                        p with
                        {
                            IsWarning = true,
                        }
                    ),
                ],
            };
        plan = WithDeclared(plan, blueprint.Policy);
        var doubt =
            plan.Steps.Any(Touches) && !SeenPart.HasOne(blueprint, ledger)
                ? await new SourceLook(engine.Dialect, statements, blueprint).LookAsync(
                    ledger,
                    Planner.Watch(blueprint, ledger, asOf).Comparable,
                    cancellationToken
                )
                : null;
        if (doubt is not null)
            plan = plan with
            {
                Notes =
                [
                    .. plan.Notes,
                    new(SourceDoubt.Code, $"{doubt.Text(blueprint, state)} A run stops here. {SourceDoubt.WayOut(blueprint.Policy.Name)}")
                    {
                        IsWarning = true,
                    },
                ],
            };
        return new(stored, blueprint, state, plan) { Doubt = doubt };
    }

    /// <summary>The same where there is nothing to do; null where there is, of which less is looked at.</summary>
    public async Task<Inspection?> IdleAsync(
        IStatements statements,
        StoredPolicy stored,
        PolicyLayout blueprint,
        Ledger ledger,
        Instant asOf,
        CancellationToken cancellationToken
    )
    {
        (blueprint, var state) = await LookAsync(statements, blueprint, ledger, asOf, withBytes: false, cancellationToken);
        var plan = Planner.Plan(blueprint, state, asOf);
        return plan.Steps.Count > 0 ? null : new(stored, blueprint, state, WithDeclared(plan, blueprint.Policy));
    }

    private Plan WithDeclared(Plan plan, Policy policy) =>
        Declared(policy) is { } undeclared ? plan with { Notes = [.. plan.Notes, undeclared] } : plan;

    /// <summary>What a plan that was made before meets now; nothing is planned again.</summary>
    public async Task<Inspection> MeetAsync(
        IStatements statements,
        StoredPolicy stored,
        PolicyLayout blueprint,
        Ledger ledger,
        Plan plan,
        CancellationToken cancellationToken
    )
    {
        (blueprint, var state) = await LookAsync(statements, blueprint, ledger, plan.AsOf, withBytes: false, cancellationToken);
        return new(stored, blueprint, state, plan);
    }

    private async Task<(PolicyLayout Blueprint, TableState State)> LookAsync(
        IStatements statements,
        PolicyLayout blueprint,
        Ledger ledger,
        Instant asOf,
        bool withBytes,
        CancellationToken cancellationToken
    )
    {
        blueprint = await WithRetiredAsync(statements, blueprint, ledger, cancellationToken);
        await BrokenTier.RefuseAsync(statements, blueprint, ledger, cancellationToken);
        var watch = Planner.Watch(blueprint, ledger, asOf);
        return (blueprint, await new Observer(engine, statements, blueprint).ObserveAsync(ledger, watch, withBytes, cancellationToken));
    }

    // Where nothing is built, removed or judged, the table may be whichever it is.
    private static bool Touches(PlanStep step) => step is not (PlanStep.CreateTier or PlanStep.Publish or PlanStep.Reshape);

    /// <summary>The blueprint of a stored policy; the names of its own relations are not taken.</summary>
    /// <exception cref="PolicyException">The table is no longer as the policy says.</exception>
    public Task<PolicyLayout> ResolveAsync(Policy policy, CancellationToken cancellationToken) =>
        engine.TransactAsync((statements, token) => ResolveAsync(statements, policy, token), Scope.Reading, cancellationToken);

    /// <summary>The same in a unit of work.</summary>
    public async Task<PolicyLayout> ResolveAsync(IStatements statements, Policy policy, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        var description = await statements.DescribeAsync(policy.Table, cancellationToken);
        if (description is null)
            throw new PolicyException([LayoutRules.NoTable(policy, await desk.BaseTablesAsync(statements, cancellationToken))]);
        description = await StatedParts.OfAsync(engine, policy, description, cancellationToken);
        return LayoutRules.Resolve(policy, description, Limits(_ => false), Span, problems)
            ?? throw new PolicyException([.. problems.Where(p => !p.IsWarning)]);
    }

    /// <summary>
    /// The same with the tiers whose tables are there and that the policy no longer has, as the newest revision says that had
    /// them; finest first.
    /// </summary>
    public async Task<PolicyLayout> WithRetiredAsync(
        IStatements statements,
        PolicyLayout blueprint,
        Ledger ledger,
        CancellationToken cancellationToken
    ) => blueprint with { Retired = await RetiredAsync(statements, blueprint, ledger, cancellationToken) };

    private async Task<IReadOnlyList<TierLayout>> RetiredAsync(
        IStatements statements,
        PolicyLayout blueprint,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        var left = ledger.Relations.Where(r => r.Value.Created).Select(r => r.Key).Except(blueprint.Tiers.Select(t => t.Id)).ToHashSet();
        if (left.Count == 0)
            return [];
        List<TierLayout> retired = [];
        foreach (
            var (number, revision) in (await desk.Policies.RevisionsAsync(statements, cancellationToken))
                .Where(r => r.Policy.Name == blueprint.Policy.Name)
                .Reverse()
        )
        {
            var aside = left.Select(r => r.AsideBy).Where(by => by > number).Order().FirstOrDefault();
            retired.AddRange(LayoutRules.Retired(revision, blueprint.Source, aside).Where(t => left.Remove(t.Id)));
        }

        return
        [
            .. retired
                .OrderBy(t => t.Grid.Width.Longest)
                .Select(t =>
                    t with
                    {
                        Lacks = blueprint
                            .StateNames.Except(ledger.Of(t.Id).Columns, StringComparer.Ordinal)
                            .ToHashSet(StringComparer.Ordinal),
                    }
                ),
        ];
    }

    /// <summary>Advice where the location of a policy's archive is not declared here; null where it is.</summary>
    public Problem? Declared(Policy policy) =>
        policy.Archive is { To: var to } && !locations.Knows(to)
            ? new(PolicyCodes.Undeclared, locations.Undeclared(to)) { Path = "archive", IsWarning = true }
            : null;

    private ArchiveLimits? Archives =>
        (engine.Dialect.Parquet, engine.Capabilities.Benches) switch
        {
            ({ } parquet, _) => new(c => parquet.Survives(c.TypeName), Snapshots: false),
            (_, { } benches) => new(c => benches.Held(c) is not null, Snapshots: false) { Instead = benches.Instead },
            _ => engine.Capabilities.Snapshotting is null ? null : new(_ => true, Snapshots: true),
        };

    /// <summary>What the engine says about names and archives.</summary>
    public NameLimits Limits(Func<TableName, bool> isTaken) =>
        new(engine.Capabilities.MaxNameBytes, engine.Capabilities.MaxColumns, isTaken)
        {
            IgnoresCase = engine.Capabilities.IgnoresCase,
            BadColumn = engine.Capabilities.BadColumnName,
            Transactions = engine.Capabilities.Transactions,
            PartsOnly = engine.Capabilities.Partitioning is { PartsOnly: true },
            Unfit = engine.Capabilities.Relocation is { } relocation ? relocation.Unfit : null,
            Archives = Archives,
        };
}
