using System.Collections.Frozen;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Time;

namespace Varve.Execution;

/// <content>What is written down of it.</content>
internal sealed partial class PolicyRun
{
    /// <summary>Nothing to do is most of what a schedule does: it is one transaction, and has neither intent nor end of its own.</summary>
    private async Task IdleAsync(Plan plan, bool removes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = IdleRun.Of(_id, plan, Now(), Whole(removes));
        var head = await WholeAsync(
            async (s, token) =>
            {
                await desk.Runs.CloseInterruptedAsync(s, plan.Policy, _survey!.State.Ledger.Last, run.Record.StartedAt, token, There);
                var isWritten = await ConfirmAsync(s, plan, removes, token);
                await desk.Runs.RecordAsync(s, [run.Record], token);
                if (isWritten || IsNews(_survey))
                    await RememberAsync(s, plan, isWhole: true, token);
                return await desk.Audit.HeadAsync(s, token);
            }
        );
        await (run with { Head = head }).TellAsync(output, Elapsed(_started), cancellationToken);
    }

    /// <summary>True where a run that has nothing to do would write something down of its policy all the same.</summary>
    public static bool IsToWrite(Inspection survey) => IsNews(survey) || Confirmed(survey, survey.Plan, removes: true) is not null;

    // What was read under the lease is what is stored, as long as nothing was done.
    private static bool IsNews(Inspection survey) =>
        survey.State is var state
        && (Remembered(survey, RangeSet.Empty, state.Ledger, survey.Plan) != state.Ledger || state.Ledger.Shown != state.Ledger.Version);

    private static Ledger Remembered(Inspection survey, RangeSet built, Ledger before, Plan plan) =>
        before with
        {
            ZoneVersion = plan.ZoneVersion,
            ArrivalSeen = survey.State.ArrivalSeen ?? before.ArrivalSeen,
            Seen = SeenPart.Next(survey.Blueprint, survey.State with { Ledger = before }, built, before.Seen, plan.AsOf),
        };

    private Task BeginAsync(Plan plan, bool removes, CancellationToken cancellationToken) =>
        JournalAsync(
            async s =>
            {
                var now = Now();
                if (There is not { AreOpen: false })
                    await s.AheadAsync(new() { Rows = [desk.Runs.Open(plan.Policy, now), desk.Audit.Newest] }, cancellationToken);
                await desk.Audit.ForeseeAsync(s, cancellationToken);
                await desk.Runs.CloseInterruptedAsync(s, plan.Policy, _survey!.State.Ledger.Last, now, cancellationToken, There);
                await desk.Runs.BeginAsync(
                    s,
                    _id,
                    plan,
                    now,
                    FormattableString.Invariant($"{actor.SystemUser}@{actor.Host}:{Environment.ProcessId}"),
                    cancellationToken
                );
                (string, Instant)? intent = null;
                if (!engine.Capabilities.Transactions && plan.Steps.Count > 0)
                {
                    intent = (await executor.IntentAsync(s, _survey!, plan.Steps[0], 0, cancellationToken), now);
                    _intended = 0;
                }

                await desk.Runs.PlanAsync(s, _id, plan.Policy, 0, plan.Steps, cancellationToken, intent);
                await ConfirmAsync(s, plan, removes, cancellationToken);
            },
            cancellationToken
        );

    // What a plan that is carried out says of the policy: its types, and that a person has let its removals go. True where the ledger was
    // written.
    private async Task<bool> ConfirmAsync(IStatements statements, Plan plan, bool removes, CancellationToken cancellationToken)
    {
        if (Confirmed(_survey!, plan, removes) is not { } ledger)
            return false;
        await desk.Ledgers.SaveAsync(statements, plan.Policy, ledger, cancellationToken);
        return true;
    }

    // Null where it says nothing new.
    private static Ledger? Confirmed(Inspection survey, Plan plan, bool removes)
    {
        var ledger = survey.State.Ledger;
        var types = survey.Blueprint.Types;
        var isNewType = plan.Steps.Count > 0 && survey.Blueprint.Tiers.Count > 0 && types.Any(t => !ledger.Types.ContainsKey(t.Key));
        var isConfirmed = removes && survey.State.Rows > 0 && ledger.ConfirmedRevision != plan.Revision;
        if (isNewType)
            ledger = ledger with
            {
                Types = types.Concat(ledger.Types.Where(t => !types.ContainsKey(t.Key))).ToFrozenDictionary(StringComparer.Ordinal),
            };
        if (isConfirmed)
            ledger = ledger with { ConfirmedRevision = plan.Revision };
        var still = removes ? BrakeRule.StillReleased(ledger, plan.Steps) : ledger.Released;
        var isLessReleased = still.Count < ledger.Released.Count;
        if (isLessReleased)
            ledger = ledger with { Released = still };
        return isNewType || isConfirmed || isLessReleased ? ledger : null;
    }

    private async Task FinishAsync(Plan plan, bool removes, bool stopped, bool cancelled)
    {
        var status =
            _error is not null ? RunStatus.Failed
            : stopped || cancelled ? RunStatus.Stopped
            : Whole(removes);
        var record = new RunRecord(
            _id,
            plan.Policy,
            plan.Revision,
            plan.AsOf,
            Now(),
            Now(),
            status,
            _planned,
            _done,
            _read,
            _written,
            _removed,
            _error?.Code,
            _error?.Message
        );
        var head = await WholeAsync(
            async (s, token) =>
            {
                await desk.Runs.FinishAsync(s, record, token);
                await RememberAsync(s, plan, isWhole: _error is null && !stopped && !cancelled, token);
                if (_done == 0 && _error is null)
                    return await desk.Audit.HeadAsync(s, token);
                var facts = new JsonObject
                {
                    ["run"] = _id,
                    ["status"] = status.Word(),
                    ["steps"] = _done,
                    ["read"] = _read,
                    ["written"] = _written,
                    ["removed"] = _removed,
                };
                if (_error is not null)
                    facts["error"] = _error.Code;
                return await desk.Audit.AppendAsync(s, actor, Now(), "run.finished", plan.Policy, facts, token);
            }
        );
        await output.EndsAsync(
            plan,
            status,
            new(
                _id,
                _done,
                _left,
                _read,
                _written,
                _removed,
                Elapsed(_started),
                head,
                stopped || cancelled,
                stopped || cancelled ? _next : null
            )
        );
    }

    private static RunStatus Whole(bool removes) => removes ? RunStatus.Done : RunStatus.Braked;

    // Runs of other policies append to the same log: where one was first, all of it is done again, unless a part of it stayed.
    private async Task<string> WholeAsync(Func<IStatements, CancellationToken, Task<string>> work) =>
        engine.Capabilities.Transactions
            ? await _retries.RunAsync(async attempt => await engine.TransactAsync(work, Scope.Writing, attempt), CancellationToken.None)
            : await engine.TransactAsync(work, Scope.Writing, CancellationToken.None);

    // What a whole run has seen holds for the next one; and people are shown what is known now.
    private async Task RememberAsync(IStatements statements, Plan plan, bool isWhole, CancellationToken cancellationToken)
    {
        var before = await desk.Ledgers.LoadAsync(statements, plan.Policy, cancellationToken, isHeld: true);
        var after = isWhole ? Remembered(_survey!, _built, before, plan) : before;
        if (after != before)
            await desk.Ledgers.SaveShownAsync(statements, plan.Policy, after, cancellationToken);
        else
            await desk.Ledgers.ShowAsync(statements, plan.Policy, after, cancellationToken);
    }

    private Task CloseAsync(int ordinal, StepStatus status, string note) =>
        JournalAsync(
            s => desk.Runs.CloseAsync(s, _id, ordinal, status, 0, 0, 0, note, Now(), CancellationToken.None),
            CancellationToken.None
        );

    private Task JournalAsync(Func<IStatements, Task> work, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            async (s, _) =>
            {
                await work(s);
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );
}
