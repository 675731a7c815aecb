using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>How policies stand. Several are looked at together, so that a page of them costs few questions.</summary>
internal sealed class PolicyStandings(Session session)
{
    // What failed is told until a run of the policy was done: not many fail in a row before somebody looks.
    private const int MostRuns = 20;

    /// <summary>
    /// Those that a selection means, and those of tables that the next run takes up for a pattern; none where nothing is stored.
    /// </summary>
    /// <exception cref="PolicyException">A name or a tag that no policy has.</exception>
    public async Task<IReadOnlyList<PolicyStatus>> OfAsync(Selection selection, Instant asOf, CancellationToken cancellationToken)
    {
        var selector = new PolicySelector(session);
        var roster = await selector.RosterAsync(cancellationToken);
        if (roster.Stored.Count == 0 && selection is { Names: [], Tags: [] })
            return [];
        var policies = roster.Select(selection);
        var journal = await session.ReadAsync(
            (s, token) => JournalAsync(s, [.. policies.Concat(roster.Behind(selection).Select(b => b.Stored))], token),
            null,
            cancellationToken
        );
        var seen = await new TogetherLook(session.Engine, session.Store, session.Inspector).InspectAsync(
            policies.Count > 1 ? policies : [],
            asOf,
            books: null,
            onlyQuiet: false,
            cancellationToken
        );
        return await PolicySelector.EachAsync(
            roster,
            selection,
            async policy =>
            {
                var inspection =
                    seen.GetValueOrDefault(policy.Policy.Name) ?? await session.Inspector.InspectAsync(policy, asOf, cancellationToken);
                return [StatusReport.Of(inspection, asOf, RunsOf(policy), StepsOf(policy))];
            },
            (policy, broken) => StatusReport.Of(policy, broken, asOf, RunsOf(policy))
        );

        IReadOnlyList<RunRecord> RunsOf(StoredPolicy policy) => journal?.Runs.GetValueOrDefault(policy.Policy.Name) ?? [];
        IReadOnlyList<StepRecord> StepsOf(StoredPolicy policy) => RunsOf(policy) is [var newest, ..] ? [.. journal!.Steps[newest.Id]] : [];
    }

    private async Task<Journal?> JournalAsync(
        IStatements statements,
        IReadOnlyList<StoredPolicy> policies,
        CancellationToken cancellationToken
    )
    {
        var runs = await session.Store.Runs.NewestAsync(statements, [.. policies.Select(p => p.Policy.Name)], MostRuns, cancellationToken);
        return new(runs, await session.Store.Runs.StepsAsync(statements, [.. runs.Values.Select(r => r[0].Id)], cancellationToken));
    }

    /// <summary>By policy its newest runs, and by run the steps of each policy's newest one.</summary>
    private sealed record Journal(IReadOnlyDictionary<string, IReadOnlyList<RunRecord>> Runs, ILookup<string, StepRecord> Steps);
}
