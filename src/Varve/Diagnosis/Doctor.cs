using NodaTime;
using Varve.Applying;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Diagnosis;

/// <summary>
/// Looks at everything once and says what is not as it should be. Reads only; what cannot be read is a finding of its own and
/// ends nothing else.
/// </summary>
internal sealed class Doctor(Session session)
{
    private static readonly Duration s_minute = Duration.FromMinutes(1);

    private readonly List<Finding> _findings = [];

    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(string? auditHead, CancellationToken cancellationToken)
    {
        await ClockAsync(cancellationToken);
        if (await HasCatalogAsync(cancellationToken))
        {
            await AuditAsync(auditHead, cancellationToken);
            await RunsAsync(cancellationToken);
            var policies = await session.ReadAsync(session.Store.Policies.ListAsync, [], cancellationToken);
            foreach (var stored in policies)
                await PolicyAsync(stored, cancellationToken);
            await RelationsAsync(cancellationToken);
            var patterns = (await new PolicySelector(session).RosterAsync(cancellationToken)).Reports(Selection.All);
            Patterns(patterns);
            if (await new LooseTables(session).FindAsync(cancellationToken) is { } loose)
                _findings.Add(loose);
        }

        return [.. _findings.OrderByDescending(f => f.Severity)];
    }

    private async Task ClockAsync(CancellationToken cancellationToken)
    {
        var (here, there) = (session.Now(), (await session.Engine.IdentifyAsync(cancellationToken)).Now);
        if (!session.IsSystemClock || (here - there < s_minute && there - here < s_minute))
            return;
        Add(
            "clock",
            Severity.Error,
            null,
            $"The clocks of this machine ({InstantText.Format(here)}) and of the database ({InstantText.Format(there)}) are more than a minute apart: runs are refused.",
            "Set them right."
        );
    }

    private async Task<bool> HasCatalogAsync(CancellationToken cancellationToken)
    {
        try
        {
            var version = await session.Store.Schema.VersionAsync(cancellationToken);
            if (version is null)
                Add(
                    "catalog.version",
                    Severity.Note,
                    null,
                    "There is no catalog here: no policy was ever applied.",
                    "Propose one with varve init, or check --schema if it is elsewhere."
                );
            else if (version < CatalogSchema.Version)
                Add(
                    "catalog.version",
                    Severity.Warning,
                    null,
                    FormattableString.Invariant(
                        $"The catalog has version {version} and this Varve writes version {CatalogSchema.Version}, so nothing more was looked at."
                    ),
                    "The next varve apply or varve run brings it up to date; then look again."
                );
            return version == CatalogSchema.Version;
        }
        catch (EngineException newer) when (newer.Code == EngineCodes.NewerCatalog)
        {
            Add("catalog.version", Severity.Error, null, newer.Message, "Use the newer Varve.");
            return false;
        }
        catch (EngineException strange) when (strange.Code == EngineCodes.NotACatalog)
        {
            Add("catalog.version", Severity.Error, null, strange.Message, "Name the schema of the catalog (--schema NAME).");
            return false;
        }
    }

    private async Task AuditAsync(string? head, CancellationToken cancellationToken)
    {
        var verdict = await session.ReadAsync(
            (s, token) => session.Store.Audit.VerifyAsync(s, head, token),
            new(0, AuditLog.Genesis, []),
            cancellationToken
        );
        foreach (var finding in verdict.Findings)
            Add(
                "audit.chain",
                Severity.Error,
                null,
                $"Audit log: {finding}.",
                "Find out who wrote to it, or which backup was restored. The key must be the one that it was written with (VARVE_AUDIT_KEY)."
            );
    }

    private async Task RunsAsync(CancellationToken cancellationToken)
    {
        foreach (var (run, policy, started, steps) in await session.ReadAsync(session.Store.Look.OpenRunsAsync, [], cancellationToken))
            Add(
                "run.open",
                Severity.Warning,
                policy,
                FormattableString.Invariant(
                    $"Run {run[..13]} of {InstantText.Format(started)} never ended, {steps} of its steps had begun: it is under way in this process, or was killed."
                ),
                "Nothing is lost, a step is done or undone. The next varve run closes it and goes on."
            );
    }

    private async Task PolicyAsync(StoredPolicy stored, CancellationToken cancellationToken)
    {
        var name = stored.Policy.Name;
        try
        {
            if (await Look.DescribeAsync(session.Engine, stored.Policy.Table, cancellationToken) is null)
            {
                Add(
                    "policy.table",
                    Severity.Error,
                    name,
                    $"The table {stored.Policy.Table.Text} is gone.",
                    $"Restore or rename it. If it is meant to be gone: varve policy delete {name}; what was rolled up stays."
                );
                return;
            }

            var blueprint = await session.Inspector.ResolveAsync(stored.Policy, cancellationToken);
            var ledger = await session.ReadAsync(
                (s, token) => session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token),
                Ledger.Empty(stored.Hash),
                cancellationToken
            );
            foreach (var column in ColumnTypeChanges.Of(blueprint, ledger))
                Add(
                    "source.types",
                    Severity.Error,
                    name,
                    $"{column.Column} of {blueprint.Source.Text} was {column.Before} when its tiers were built and is {column.Now} now: no run goes on.",
                    ColumnTypeChanges.IsTime(blueprint, column)
                        ? "Give the column its old type back."
                        : $"varve policy accept-types {name} takes it over. If it was not meant, give the column its old type back."
                );
            if (
                ledger.Shown == ledger.Version
                && !await session.ReadAsync((s, token) => session.Store.Look.ShowsAsync(s, name, ledger, token), true, cancellationToken)
            )
                Add(
                    "catalog.shown",
                    Severity.Warning,
                    name,
                    "The tables coverage and dirty of the catalog are not what its ledger says: somebody else wrote to them.",
                    $"Varve does not read them. varve repair {name} writes them again, and so does the next run that does something."
                );
            if (await IsBrokenAsync(blueprint, ledger, cancellationToken))
                return;
            await MeddlingAsync(blueprint, ledger, cancellationToken);
            var survey = await session.Inspector.InspectAsync(stored, session.Now(), cancellationToken, withBytes: false);
            _findings.AddRange(PolicyFindings.Of(survey.Blueprint, survey.State, session.Now()));
            _findings.AddRange(MoveFindings.Of(survey.Blueprint, survey.State.Ledger));
            foreach (
                var rows in await session.ReadAsync(
                    (s, token) => new Observer(session.Engine, s, blueprint).LoneAsync(token),
                    [],
                    cancellationToken
                )
            )
                Add(
                    "source.lone_rows",
                    Severity.Note,
                    name,
                    $"{rows.Text(blueprint.Source)}.",
                    "If a clock was wrong, or a default was stored, delete or mend them."
                );
            var holds = await session.ReadAsync((s, token) => session.Store.Holds.ListAsync(s, name, token), [], cancellationToken);
            _findings.AddRange(PolicyFindings.Of(name, holds, session.Now()));
            if (blueprint.Stitched is not null && ledger.PublishedRevision == stored.Revision)
                _findings.AddRange(
                    PolicyFindings.Of(
                        blueprint,
                        ledger,
                        await session.ReadAsync((s, token) => session.Store.Look.EdgesAsync(s, name, token), [], cancellationToken)
                    )
                );
        }
        catch (PolicyException broken)
        {
            Add(
                "policy.sound",
                Severity.Error,
                name,
                $"The table is no longer as the policy says, and no run can go on. {Problem.Of(broken).Text}",
                "Change the table back, or the policy: varve check, varve apply."
            );
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            Add(
                "policy.look",
                Severity.Error,
                name,
                $"It could not be looked at. {PolicyTrouble.Told(stored, broken).Text}",
                "See the other findings; what is missing among its relations comes first."
            );
        }
    }

    private void Patterns(IReadOnlyList<PatternReport> patterns)
    {
        foreach (var pattern in patterns)
            foreach (var note in pattern.LeftOut)
                Add(
                    "pattern.left_out",
                    Severity.Warning,
                    pattern.Stored.Policy.Name,
                    note.Message,
                    PolicyCodes.All.First(c => c.Code == note.Code).WayOut
                );
    }

    /// <summary>Whether tables of tiers, or columns of them, are gone; the missing tables are found among the relations.</summary>
    private async Task<bool> IsBrokenAsync(PolicyLayout blueprint, Ledger ledger, CancellationToken cancellationToken)
    {
        var whole = await session.ReadAsync(
            (s, token) => session.Inspector.WithRetiredAsync(s, blueprint, ledger, token),
            blueprint,
            cancellationToken
        );
        var broken = await session.ReadAsync((s, token) => BrokenTier.AllAsync(s, whole, ledger, token), [], cancellationToken);
        foreach (var tier in broken.Where(b => !b.IsGone))
            Add("relation.columns", Severity.Error, tier.Policy, tier.Text, tier.WayOut);
        return broken.Count > 0;
    }

    private async Task MeddlingAsync(PolicyLayout blueprint, Ledger ledger, CancellationToken cancellationToken)
    {
        var own = new RelationDrift(session.Engine);
        List<ExternalChange> all = [];
        foreach (var tier in blueprint.Tiers.Where(t => ledger.Of(t.Id).Created))
            all.AddRange(await own.OfAsync(blueprint, ledger, tier, cancellationToken));
        foreach (var one in all.Concat(await own.OfAllAsync(blueprint, ledger, cancellationToken)))
            if (one.Check is { } check)
                Add(check, Severity.Error, blueprint.Policy.Name, $"{one.Table.Text}: {one.Text}", one.WayOut);
    }

    private async Task RelationsAsync(CancellationToken cancellationToken)
    {
        foreach (var own in await session.ReadAsync(session.Store.Look.RelationsAsync, [], cancellationToken))
        {
            if (await Look.DescribeAsync(session.Engine, own.Table, cancellationToken) is not { } found)
            {
                Add(
                    "relation.missing",
                    Severity.Error,
                    own.Policy,
                    $"{own.Table.Text} ({own.Kind} of {own.Relation}) is in the catalog, and not in the database.",
                    own.Kind == OwnTable.States
                        ? $"Restore it from a backup of the database: what it held of rows that have expired cannot be computed again. If there is none, varve policy retire {own.Policy} --drop forgets it: the next run builds it again as far as its input still has the rows."
                        : RelationDrift.ViewsAgain
                );
            }
            else if (found.IsView)
            {
                await ViewAsync(own, cancellationToken);
            }
        }
    }

    private async Task ViewAsync(OwnRelation own, CancellationToken cancellationToken)
    {
        try
        {
            await session.Engine.TransactAsync(
                (s, token) => s.QueryAsync(DiagnosisSql.Nothing(own.Table), token),
                Scope.Reading,
                cancellationToken
            );
        }
        catch (EngineException broken)
        {
            Add(
                "view.broken",
                Severity.Error,
                own.Policy,
                $"{own.Table.Text} cannot be read. {broken.Code}: {broken.Message}",
                RelationDrift.ViewsAgain
            );
        }
    }

    private void Add(string check, Severity severity, string? policy, string found, string wayOut) =>
        _findings.Add(new(check, severity, policy, found, wayOut));
}
