using NodaTime;
using Varve.Catalog;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>Reads rosters, and does for each policy of one what is to be done.</summary>
internal sealed class PolicySelector(Session session)
{
    private PolicyChecker Checker => new(session.Engine, session.Store, session.Inspector);

    private PatternExpander Patterns => new(session.Engine, session.Store, Checker);

    /// <summary>Who is to be looked at or run. Where no pattern is stored, that costs nothing more than reading the catalog.</summary>
    public async Task<ActivePolicies> RosterAsync(CancellationToken cancellationToken) =>
        await RosterAsync(await session.Store.InForceAsync(session.Engine, cancellationToken), cancellationToken);

    /// <summary>The same of what was read just now.</summary>
    public async Task<ActivePolicies> RosterAsync(
        (IReadOnlyList<StoredPolicy> Policies, IReadOnlyList<StoredPolicy> Patterns) stored,
        CancellationToken cancellationToken
    ) => await RosterAsync(await session.Store.InForceAsync(session.Engine, stored, cancellationToken), cancellationToken);

    private async Task<ActivePolicies> RosterAsync(CatalogSnapshot shelf, CancellationToken cancellationToken) =>
        new(shelf, await Patterns.ExpandAsync(shelf, cancellationToken), session.Now());

    /// <summary>
    /// Does something for each policy that a selection means; one that cannot be looked at ends no other, unless it is the only
    /// one.
    /// </summary>
    /// <param name="selection">Which policies.</param>
    /// <param name="work">What to do.</param>
    /// <param name="broken">What stands for one that could not be done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<T>> EachAsync<T>(
        Selection selection,
        Func<StoredPolicy, Task<IReadOnlyList<T>>> work,
        Func<StoredPolicy, VarveException, T> broken,
        CancellationToken cancellationToken
    ) => await EachAsync(await RosterAsync(cancellationToken), selection, work, broken);

    /// <summary>The same of those that were read.</summary>
    public static async Task<IReadOnlyList<T>> EachAsync<T>(
        ActivePolicies roster,
        Selection selection,
        Func<StoredPolicy, Task<IReadOnlyList<T>>> work,
        Func<StoredPolicy, VarveException, T> broken
    )
    {
        var (policies, behind) = (roster.Select(selection), roster.Behind(selection));
        if (policies.Count == 0 && behind is [{ Error: var only }])
            throw only;
        var all = await PolicyTrouble.EachAsync(
            policies,
            work,
            (policy, error) => [broken(policy, error)],
            isOnly: policies.Count + behind.Count == 1
        );
        return [.. all.SelectMany(one => one), .. behind.Select(b => broken(b.Stored, b.Error))];
    }

    /// <summary>The plans of policies, as they are looked at.</summary>
    public async Task<IReadOnlyList<Plan>> PlanAsync(Selection selection, Instant asOf, CancellationToken cancellationToken)
    {
        var books = await session.Store.BooksAsync(session.Engine, cancellationToken);
        var roster = books is null
            ? await RosterAsync(cancellationToken)
            : new(CatalogSnapshot.Of(books.Policies, session.Engine.Capabilities.IgnoresCase), [], session.Now());
        var seen = await new TogetherLook(session.Engine, session.Store, session.Inspector).InspectAsync(
            session.Engine.Capabilities.AsksAhead ? roster.Select(selection) : [],
            asOf,
            books,
            onlyQuiet: false,
            cancellationToken
        );
        return await EachAsync(
            roster,
            selection,
            async policy =>
                [
                    (
                        seen.GetValueOrDefault(policy.Policy.Name) ?? await session.Inspector.InspectAsync(policy, asOf, cancellationToken)
                    ).Plan,
                ],
            (policy, broken) => Broken(policy, broken, asOf)
        );
    }

    /// <summary>
    /// Stores the policies of tables that patterns match and that have none yet, and lets others follow a changed pattern.
    /// </summary>
    public async Task<IReadOnlyList<RunEvent>> TakeUpAsync(IReadOnlyList<PatternExpansion> patterns, CancellationToken cancellationToken)
    {
        List<RunEvent> events = [];
        if (patterns.Any(p => p.Released.Count > 0 || p.Members.Any(m => m is PatternMember.Follows)))
        {
            var desk = new PolicyApplier(
                session.Engine,
                session.Store,
                Checker,
                Patterns,
                await session.ActorAsync(cancellationToken),
                session.Clock
            );
            var stored = await desk.TakeUpAsync(patterns, await Checker.ShelfAsync(cancellationToken), cancellationToken);
            events.AddRange(
                stored.Where(r => r.Outcome != ApplyOutcome.Unchanged).Select(r => new RunEvent.TakenUp(r) { Policy = r.Policy })
            );
        }

        events.AddRange(patterns.SelectMany(p => p.Notes.Select(n => new RunEvent.LeftOut(n) { Policy = p.Name })));
        return events;
    }

    /// <summary>What stands for the plan of a policy that cannot be planned.</summary>
    public static Plan Broken(StoredPolicy stored, VarveException why, Instant asOf) =>
        new()
        {
            Policy = stored.Policy.Name,
            Revision = stored.Revision,
            PolicyHash = stored.Hash,
            AsOf = asOf,
            ZoneVersion = DateTimeZoneProviders.Tzdb.VersionId,
            Steps = [],
            Failure = Problem.Of(why),
        };
}
