using NodaTime;
using Varve.Catalog;
using Varve.Engines;

namespace Varve.Execution;

/// <summary>
/// The right to change what is known of a policy: its lease, and what was seen under it. What somebody else began and did not
/// finish is finished before. Disposing gives the lease back.
/// </summary>
internal sealed class PolicyWork : IAsyncDisposable
{
    private readonly ILease _lease;

    private PolicyWork(ILease lease, Inspection survey) => (_lease, Survey) = (lease, survey);

    /// <summary>What is written under the lease.</summary>
    public Scope Scope => Scope.Writing with { Lease = _lease };

    /// <summary>What was seen under the lease.</summary>
    public Inspection Survey { get; }

    /// <param name="engine">The database.</param>
    /// <param name="inspector">Looks at the policy.</param>
    /// <param name="executor">Finishes what others began.</param>
    /// <param name="stored">The policy.</param>
    /// <param name="asOf">The instant of planning.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="first">What is done under the lease before anything is looked at.</param>
    /// <param name="isHeld">False where nothing was held just now: what removes looks for itself.</param>
    /// <exception cref="BusyException">A run, or another command, is at it.</exception>
    public static async Task<PolicyWork> BeginAsync(
        IEngine engine,
        PolicyInspector inspector,
        StepExecutor executor,
        StoredPolicy stored,
        Instant asOf,
        CancellationToken cancellationToken,
        Func<Task>? first = null,
        bool isHeld = true
    )
    {
        var lease = await engine.LeaseAsync(stored.Policy.Name, cancellationToken);
        try
        {
            if (first is not null)
                await first();
            var survey = engine.Capabilities.Transactions
                ? await inspector.InspectAsync(stored, asOf, cancellationToken, withBytes: false)
                : await SoundAsync(inspector, executor, stored, asOf, isHeld, cancellationToken);
            if (!UnfinishedWork.Is(survey.State.Ledger))
                return new(lease, survey);
            await executor.FinishEarlierAsync(survey, cancellationToken);
            return new(lease, await inspector.InspectAsync(stored, asOf, cancellationToken, withBytes: false));
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    // A tier whose columns were being changed is put back before anything is looked at.
    private static async Task<Inspection> SoundAsync(
        PolicyInspector inspector,
        StepExecutor executor,
        StoredPolicy stored,
        Instant asOf,
        bool isHeld,
        CancellationToken cancellationToken
    )
    {
        if (await inspector.SoundAsync(stored, asOf, isHeld, cancellationToken) is { } sound)
            return sound;
        await executor.MendAsync(stored.Policy.Name, cancellationToken);
        return await inspector.InspectAsync(stored, asOf, cancellationToken, withBytes: false);
    }

    public ValueTask DisposeAsync() => _lease.DisposeAsync();
}
