using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>Reads rosters, and does for each policy of one what is to be done.</summary>
internal sealed class RosterDesk(Workshop workshop)
{
    /// <summary>Who is to be looked at or run. Where no pattern is stored, that costs nothing more than reading the catalog.</summary>
    public async Task<Roster> RosterAsync(CancellationToken cancellationToken)
    {
        var shelf = await workshop.Check.ShelfAsync(cancellationToken);
        return new(shelf, await workshop.Patterns.ExpandAsync(shelf, cancellationToken), workshop.Now());
    }

    /// <summary>Does something for each policy that a selection means; one whose table is no longer as it says ends no other, unless it is the only one.</summary>
    /// <param name="selection">Which policies.</param>
    /// <param name="work">What to do.</param>
    /// <param name="broken">What stands for one that could not be done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<T>> EachAsync<T>(Selection selection, Func<StoredPolicy, Task<IReadOnlyList<T>>> work, Func<StoredPolicy, PolicyException, T> broken, CancellationToken cancellationToken)
    {
        List<T> all = [];
        var roster = await RosterAsync(cancellationToken);
        var (policies, behind) = (roster.Select(selection), roster.Behind(selection));
        if (policies.Count == 0 && behind is [{ Error: var only }]) throw only;
        foreach (var policy in policies)
        {
            try
            {
                all.AddRange(await work(policy));
            }
            catch (PolicyException misfit) when (policies.Count + behind.Count > 1)
            {
                all.Add(broken(policy, misfit));
            }
        }

        return [.. all, .. behind.Select(b => broken(b.Stored, b.Error))];
    }

    /// <summary>Looks at policies.</summary>
    public Task<IReadOnlyList<(StoredPolicy Policy, Survey? Survey, PolicyException? Broken)>> SurveyAsync(Selection selection, Instant asOf, CancellationToken cancellationToken) =>
        EachAsync<(StoredPolicy, Survey?, PolicyException?)>(
            selection,
            async policy => [(policy, await workshop.Surveyor.SurveyAsync(policy, asOf, cancellationToken), null)],
            (policy, broken) => (policy, null, broken),
            cancellationToken);

    /// <summary>The plans of policies, as they are looked at.</summary>
    public async Task<IReadOnlyList<Plan>> PlanAsync(Selection selection, Instant asOf, CancellationToken cancellationToken) =>
        [.. (await SurveyAsync(selection, asOf, cancellationToken)).Select(s => s.Survey?.Plan ?? Broken(s.Policy, s.Broken!, asOf))];

    /// <summary>Stores the policies of tables that patterns match and that have none yet, and lets others follow a changed pattern.</summary>
    public async Task<IReadOnlyList<RunEvent>> TakeUpAsync(IReadOnlyList<Expansion> patterns, CancellationToken cancellationToken)
    {
        List<RunEvent> events = [];
        if (patterns.Any(p => p.Released.Count > 0 || p.Members.Any(m => m is Member.Follows)))
        {
            var desk = await workshop.PolicyDeskAsync(cancellationToken);
            var stored = await desk.TakeUpAsync(patterns, await workshop.Check.ShelfAsync(cancellationToken), cancellationToken);
            events.AddRange(stored.Where(r => r.Outcome != ApplyOutcome.Unchanged).Select(r => new RunEvent.TakenUp(r) { Policy = r.Policy }));
        }

        events.AddRange(patterns.SelectMany(p => p.Notes.Select(n => new RunEvent.LeftOut(n) { Policy = p.Name })));
        return events;
    }

    private static Plan Broken(StoredPolicy stored, PolicyException why, Instant asOf) => new()
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
