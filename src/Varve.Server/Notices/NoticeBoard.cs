using System.Text.Json.Nodes;
using NodaTime;
using Varve.Engines;
using Varve.Server.Home;
using Varve.Time;

namespace Varve.Server.Notices;

/// <summary>Stores what is to be told in the transaction of what happened, so that a kill between the two loses nothing.</summary>
internal sealed class NoticeBoard(DeliveryTable deliveries, IReadOnlyList<INoticeTarget> targets, Func<string, string> tenantOf)
{
    // Of a run of many policies; the page of the run has all of them.
    private const int MostBrakes = 5;

    private TaskCompletionSource _news = Fresh();

    /// <summary>Whom there is to tell.</summary>
    public IReadOnlyList<INoticeTarget> Targets => targets;

    /// <summary>Ends when something is to be sent.</summary>
    public Task News => _news.Task;

    /// <summary>Somebody is to look for what is due.</summary>
    public void Wake() => Interlocked.Exchange(ref _news, Fresh()).TrySetResult();

    /// <summary>What a run that ended tells; nothing where all is well.</summary>
    public Task AddAsync(IStatements statements, ServerRun run, Instant now, CancellationToken cancellationToken)
    {
        NoticeKind? kind = run.State switch
        {
            RunState.Failed => NoticeKind.Failed,
            RunState.Waits => NoticeKind.Halted,
            RunState.Braked => NoticeKind.Braked,
            _ => null,
        };
        return kind is { } known
            ? AddAsync(
                statements,
                Of(known, run.Key, run.Policy.Length == 0, run.Id, run.ErrorCode, run.Error ?? run.Reason ?? Said(run), now),
                cancellationToken
            )
            : Task.CompletedTask;
    }

    /// <summary>What a schedule tells in which nothing succeeded for too long.</summary>
    public Task OverdueAsync(IStatements statements, ScheduleKey key, string within, Instant now, CancellationToken cancellationToken) =>
        AddAsync(
            statements,
            Of(NoticeKind.Overdue, key, isSelection: false, null, null, $"Nothing succeeded within {within}.", now),
            cancellationToken
        );

    /// <summary>What is told of windows that were missed and are not done: a backfill does them.</summary>
    /// <param name="statements">The unit of work.</param>
    /// <param name="leftOut">What stands for them in the list of runs.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task MissedAsync(IStatements statements, ServerRun leftOut, Instant now, CancellationToken cancellationToken) =>
        AddAsync(
            statements,
            Of(
                NoticeKind.Missed,
                leftOut.Key,
                isSelection: false,
                leftOut.Id,
                null,
                $"Nothing was done from {InstantText.Format(leftOut.Window!.From)} to {InstantText.Format(leftOut.Window.To)} ({leftOut.Reason}). A backfill does it.",
                now
            ),
            cancellationToken
        );

    /// <summary>Stores a notice for each target that takes it, or for one.</summary>
    public async Task AddAsync(IStatements statements, Notice notice, CancellationToken cancellationToken, string? only = null)
    {
        var body = ServerJson.Write(notice);
        foreach (var target in targets.Where(t => only is null ? t.Filter.Takes(notice) : t.Name == only))
            await deliveries.AddAsync(
                statements,
                new(
                    $"d-{Guid.CreateVersion7():N}",
                    target.Name,
                    notice.Tenant,
                    notice.Kind.ToString().ToLowerInvariant(),
                    body,
                    notice.At,
                    0,
                    notice.At,
                    DeliveryState.Waiting,
                    null
                ),
                cancellationToken
            );
    }

    private Notice Of(NoticeKind kind, ScheduleKey key, bool isSelection, string? run, string? code, string message, Instant now) =>
        new(
            $"n-{Guid.CreateVersion7():N}",
            kind,
            now,
            tenantOf(key.Connection),
            key.Connection,
            key.IsQuery || isSelection ? null : key.Policy,
            key.IsQuery ? key.Policy : null,
            run,
            code,
            message
        );

    private static string Said(ServerRun run)
    {
        if (run.State != RunState.Braked)
            return "Something waits for a person: the page of the policy says what.";
        var brakes = (run.Result is { } result ? JsonNode.Parse(result)?["policies"]?.AsArray() : null)
            ?.Where(p => p?["brake"] is not null)
            .Select(p => (Policy: p!["policy"]!.GetValue<string>(), Brake: p["brake"]!))
            .ToList();
        if (brakes is not { Count: > 0 })
            return "Rows wait for a person's word before they go.";
        var told = brakes
            .Take(MostBrakes)
            .Select(b =>
                FormattableString.Invariant(
                    $"{b.Policy}: {b.Brake["rows"]!.GetValue<long>():N0} rows wait for a person's word before they go, because {b.Brake["reason"]!.GetValue<string>().TrimEnd('.')}. To let them go: the page of the policy, or varve run {b.Policy} --confirm {b.Brake["hash"]!.GetValue<string>()}"
                )
            );
        return string.Join("\n", told)
            + (brakes.Count > MostBrakes ? FormattableString.Invariant($"\nand {brakes.Count - MostBrakes} more") : "");
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
