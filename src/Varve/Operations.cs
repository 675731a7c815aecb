using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Varve.Applying;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;
using Varve.Reading;
using Varve.Sql;
using Varve.Time;

namespace Varve;

/// <summary>What the façade offers, put together from the floors below it for one session.</summary>
internal sealed class Operations(Session session, LifecycleOptions options)
{
    private static readonly Duration s_tolerance = Duration.FromMinutes(1);

    public PolicyChecker Checker => new(session.Engine, session.Store, session.Inspector);

    public PatternExpander Patterns => new(session.Engine, session.Store, Checker);

    public PolicySelector Selector => new(session);

    public async Task<PolicyApplier> ApplierAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session.Store, Checker, Patterns, await session.ActorAsync(cancellationToken), options.TimeProvider);

    public async Task<Alterations> AlterationsAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session, await session.ActorAsync(cancellationToken));

    public async Task<Erasure> ErasureAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session, await session.ActorAsync(cancellationToken));

    public async Task<PolicyProposals> ProposalsAsync(CancellationToken cancellationToken) => new(session.Engine, session, Checker);

    public async Task<Repairs> RepairsAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session, await session.ActorAsync(cancellationToken));

    public async Task<MoveUndoing> MovesAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session, await session.ActorAsync(cancellationToken));

    public async Task<ViewRepair> ViewsAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session, await session.ActorAsync(cancellationToken));

    public async Task<ArchiveMaintenance> ArchivesAsync(CancellationToken cancellationToken) =>
        new(session.Engine, session, await session.ActorAsync(cancellationToken), options.TimeProvider);

    public ForecastMeasurement Forecasts(ForecastOptions asked) => new(session.Engine, session, asked);

    /// <summary>Policies of files, checked, as revisions that are not stored; a pattern is what it comes to.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> DraftAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var checks = await (await ApplierAsync(cancellationToken)).CheckAsync(documents, cancellationToken);
        List<Problem> errors = [.. checks.SelectMany(c => c.Errors)];
        if (errors.Count > 0)
            throw new PolicyException(errors);
        var stored = (await session.StoredAsync(cancellationToken)).Policies;
        return
        [
            .. checks
                .Where(c => !c.Policy.Table.IsPattern)
                .Select(c =>
                    stored.FirstOrDefault(s => s.Hash == PolicyJson.Hash(c.Policy))
                    ?? new StoredPolicy(c.Policy, 0, PolicyJson.Hash(c.Policy), c.Document.Yaml, session.Now(), "")
                ),
        ];
    }

    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<StoredPolicy> policies, CancellationToken cancellationToken)
    {
        List<PolicyDiff> diffs = [];
        foreach (var stored in policies)
            diffs.Add(await new PolicyComparison(session.Engine, session).DiffAsync(stored, null, cancellationToken));
        return diffs;
    }

    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        List<PolicyDiff> diffs = [];
        var all = (await session.StoredAsync(cancellationToken)).Policies;
        foreach (
            var report in (await (await ApplierAsync(cancellationToken)).CheckAsync(documents, cancellationToken))
                .Where(c => !c.Policy.Table.IsPattern || c.Errors.Count > 0)
                .Select(c => c.Report)
        )
        {
            var stored = all.FirstOrDefault(s => s.Policy.Name == report.Policy.Name);
            diffs.Add(
                stored is null
                    ? new(report.Policy.Name, 0, [], [.. report.Problems.Where(p => !p.IsWarning)], RemovesMore: false, [])
                    : await new PolicyComparison(session.Engine, session).DiffAsync(stored, report, cancellationToken)
            );
        }

        return diffs;
    }

    public async Task<IReadOnlyList<StepStatements>> StatementsAsync(
        Plan plan,
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken
    )
    {
        var known =
            documents.Count > 0
                ? await DraftAsync(documents, cancellationToken)
                : (await Selector.RosterAsync(cancellationToken)).Select(Selection.Of(plan.Policy));
        var policy = known.First(s => s.Policy.Name == plan.Policy);
        var executor = await session.ExecutorAsync(cancellationToken);
        return await executor.Rehearsal.OfAsync(await session.MeetAsync(policy, plan, cancellationToken), plan.Steps, cancellationToken);
    }

    public async IAsyncEnumerable<RunEvent> RunAsync(
        Selection selection,
        RunOptions asked,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var begun = await session.Store.BeginAsync(session.Engine, session.Now(), cancellationToken);
        if (begun is null)
            await session.Store.Schema.UpgradeAsync(cancellationToken);
        var stored = begun is not null ? (begun.Policies, begun.Patterns) : await session.StoredAsync(cancellationToken);
        SelectionRules.Select(Selection.All, stored.Policies, stored.Patterns);
        var identity = await session.Engine.IdentifyAsync(cancellationToken);
        var asOf = asked.AsOf ?? session.Now();
        if (
            asked.AsOf is null
            && (identity.Now - session.Now() > s_tolerance || session.Now() - identity.Now > s_tolerance)
            && options.TimeProvider == TimeProvider.System
        )
            throw new HaltException(
                WorkCodes.Clocks,
                $"The clocks of this machine ({InstantText.Format(session.Now())}) and of the database ({InstantText.Format(identity.Now)}) are more than a minute apart: set them right, or say --as-of."
            );
        if (asOf > (options.TimeProvider == TimeProvider.System ? identity.Now : session.Now()) + s_tolerance)
            throw new PolicyException(
                WorkCodes.AsOfLater,
                $"{InstantText.Format(asOf)} is in the future: nothing is run as of an instant that has not come. plan may look ahead, run may not."
            );
        await session.Store.Schema.EnsureAsync(cancellationToken);
        if (
            asked.AuditHead is { } head
            && !await session.ReadAsync((s, token) => session.Store.Audit.HasAsync(s, head, token), false, cancellationToken)
        )
            throw new HaltException(
                WorkCodes.HeadMissing,
                $"No entry of the audit log has the hash {head}: the catalog was restored from an older backup, its log was cut, or the hash is of another database. Nothing was done. varve doctor --audit-head says more."
            );
        var watchers = new Watchers(
            options.LoggerFactory?.CreateLogger(Telemetry.Name) ?? NullLogger.Instance,
            options.TimeProvider,
            options.TelemetryTags
        );
        var roster = await Selector.RosterAsync(stored, cancellationToken);
        IReadOnlyList<StoredPolicy> policies =
        [
            .. roster.Select(selection).Where(p => asked.Plans?.Any(plan => plan.Policy == p.Policy.Name) ?? true),
        ];
        foreach (var taken in await Selector.TakeUpAsync(roster.Patterns(selection), cancellationToken))
            yield return taken;
        foreach (var behind in roster.Behind(selection))
        {
            using var watch = new RunTelemetry(watchers, behind.Stored.Policy.Name);
            watch.Failed(behind.Error);
            yield return new RunEvent.Failed(behind.Error) { Policy = behind.Stored.Policy.Name };
        }

        var runner = new Runner(
            session.Engine,
            session.Store,
            session.Inspector,
            options.TimeProvider,
            await session.ActorAsync(cancellationToken),
            session.Archives,
            watchers
        )
        {
            Beginning = begun,
        };
        await foreach (var happened in runner.RunAsync(policies, asked, asOf, cancellationToken))
            yield return happened;
    }

    public Task<IReadOnlyList<PolicyStatus>> StatusAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken) =>
        new PolicyStandings(session).OfAsync(selection, asOf ?? session.Now(), cancellationToken);

    public Task<IReadOnlyList<KeptTable>> KeptTablesAsync(CancellationToken cancellationToken) =>
        new KeptTables(session).ListAsync(cancellationToken);

    public async Task<IReadOnlyList<RunRecord>> HistoryAsync(Selection selection, int limit, bool idle, CancellationToken cancellationToken)
    {
        if (selection.Names.Count == 0 && selection.Tags.Count == 0)
            return await session.ReadAsync((s, token) => session.Store.Runs.ListAsync(s, null, limit, idle, token), [], cancellationToken);
        List<RunRecord> runs = [];
        foreach (var policy in await session.SelectAsync(selection, cancellationToken))
            runs.AddRange(
                await session.ReadAsync(
                    (s, token) => session.Store.Runs.ListAsync(s, policy.Policy.Name, limit, idle, token),
                    [],
                    cancellationToken
                )
            );
        return [.. runs.OrderByDescending(r => r.StartedAt).Take(limit)];
    }

    public async Task<IReadOnlyList<StepRecord>> StepsAsync(string run, CancellationToken cancellationToken)
    {
        return await session.ReadAsync(FindAsync, null, cancellationToken)
            ?? throw new PolicyException(WorkCodes.NoRun, $"No run begins with {run}; history shows the runs.");

        async Task<IReadOnlyList<StepRecord>?> FindAsync(IStatements statements, CancellationToken token) =>
            await session.Store.Runs.FindAsync(statements, run, token) switch
            {
                [] => null,
                [var one] => await session.Store.Runs.StepsAsync(statements, one, token),
                { Count: var several } => throw new PolicyException(
                    WorkCodes.NoRun,
                    FormattableString.Invariant($"{several} runs begin with {run}; write more of it.")
                ),
            };
    }

    public async Task<QueryAnswer> QueryAsync(StoredPolicy stored, QueryRequest request, CancellationToken cancellationToken)
    {
        var blueprint = await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
        return await session.Engine.TransactAsync(
            async (s, token) =>
                await new Reader(
                    blueprint,
                    await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token),
                    s,
                    session.Engine.Dialect
                ).ReadAsync(request, token),
            Scope.Reading,
            cancellationToken
        );
    }

    public async Task<QueryAnswer> QueryAsync(
        StoredPolicy stored,
        QueryRequest request,
        Func<QueryAnswer, Task> take,
        CancellationToken cancellationToken
    )
    {
        QueryAnswer? head = null;
        var blueprint = await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
        return await session.Engine.TransactAsync(
            async (s, token) =>
            {
                await new Reader(
                    blueprint,
                    await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token),
                    s,
                    session.Engine.Dialect
                ).ReadAsync(request, TakeAsync, token);
                return head!;
            },
            Scope.Reading,
            cancellationToken
        );

        Task TakeAsync(QueryAnswer slice)
        {
            head ??= slice;
            return take(slice);
        }
    }

    public async Task<(QueryAnswer Answer, long Rows)> ExportAsync(
        StoredPolicy stored,
        QueryRequest request,
        string path,
        CancellationToken cancellationToken
    )
    {
        await using var bench =
            session.Engine.Dialect.Parquet is null && session.Engine.Capabilities.Benches is { } benches
                ? await benches.OpenAsync(cancellationToken)
                : null;
        var writer = bench?.Dialect ?? session.Engine.Dialect;
        if (writer.Parquet is null)
            throw new PolicyException(
                WorkCodes.BadQuestion,
                $"{session.Engine.Dialect.Name} writes no Parquet files. Read the answer as CSV or JSON."
            );
        var blueprint = await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
        var folder = Directory.CreateDirectory($"{Path.GetFullPath(path)}.parts");
        try
        {
            return await session.Engine.TransactAsync(
                async (s, token) =>
                    await new Reader(
                        blueprint,
                        await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token),
                        s,
                        session.Engine.Dialect
                    ).WriteAsync(request, new(s, writer, bench), folder.FullName, Path.GetFullPath(path), token),
                Scope.Reading,
                cancellationToken
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
