using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Cli.Commands;
using Varve.Client.Shapes;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Reading;
using Varve.Time;
using AuditEntry = Varve.Catalog.AuditEntry;
using Finding = Varve.Diagnosis.Finding;
using RunRecord = Varve.Catalog.RunRecord;
using StepRecord = Varve.Catalog.StepRecord;
using TimeRange = Varve.Time.TimeRange;

namespace Varve.Cli.Backends;

internal sealed partial class ServerBackend
{
    public async Task<IReadOnlyList<PolicyStatus>> StatusAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken)
    {
        var told = await server.AskAsync<Client.Shapes.StatusShape, Contracts.StatusShape>(
            (client, at) => client.StatusAsync(at, Text(asOf), selection.Names, selection.Tags, cancellationToken),
            cancellationToken
        );
        if (told.Policies.Count == 0)
            return [];
        var policies = (await PoliciesAsync(selection, cancellationToken)).ToDictionary(p => p.Policy.Name, p => p.Policy);

        // One that was deleted since is no longer there to be shown.
        return [.. told.Policies.Where(p => policies.ContainsKey(p.Policy)).Select(p => FromShapes.Status(p, policies[p.Policy]))];
    }

    public async Task<IReadOnlyList<RunRecord>> HistoryAsync(
        Selection selection,
        int limit,
        bool idle,
        CancellationToken cancellationToken
    ) =>
        (
            await server.AskAsync<Client.Shapes.HistoryShape, Contracts.HistoryShape>(
                (client, at) => client.HistoryAllAsync(at, selection.Names, selection.Tags, limit, idle, cancellationToken),
                cancellationToken
            )
        ).Runs;

    public async Task<IReadOnlyList<StepRecord>> StepsAsync(string runId, CancellationToken cancellationToken) =>
        [
            .. (
                await server.AskAsync<Client.Shapes.StepsShape, Contracts.StepsShape>(
                    (client, at) => client.StepsAsync(at, runId, cancellationToken),
                    cancellationToken
                )
            ).Steps.Select(FromShapes.Step),
        ];

    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(int limit, CancellationToken cancellationToken) =>
        (
            await server.AskAsync<Client.Shapes.AuditShape, Contracts.AuditShape>(
                (client, at) => client.AuditAsync(at, limit, cancellationToken),
                cancellationToken
            )
        ).Entries;

    public async Task<AuditVerdict> VerifyAuditAsync(string? head, CancellationToken cancellationToken)
    {
        var verdict = await server.AskAsync((client, at) => client.VerifyAuditAsync(at, head, cancellationToken), cancellationToken);
        return new(verdict.Entries, verdict.Head, verdict.Findings);
    }

    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(string? auditHead, CancellationToken cancellationToken) =>
        (
            await server.AskAsync<Client.Shapes.DoctorShape, Contracts.DoctorShape>(
                (client, at) => client.DoctorAsync(at, auditHead, cancellationToken),
                cancellationToken
            )
        ).Findings;

    public async Task<IReadOnlyList<VerifyReport>> VerifyAsync(
        Selection selection,
        TimeRange? range,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await server.AskAsync<Client.Shapes.VerifyShape, Contracts.VerifyShape>(
                    (client, at) => client.VerifyAllAsync(at, selection.Names, selection.Tags, From(range), To(range), cancellationToken),
                    cancellationToken
                )
            ).Tiers.Select(FromShapes.Verified),
        ];

    public async Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        Selection selection,
        ForecastOptions options,
        CancellationToken cancellationToken
    )
    {
        var told = await server.AskAsync<Client.Shapes.ForecastListShape, Contracts.ForecastListShape>(
            (client, at) =>
                client.ForecastAllAsync(at, selection.Names, selection.Tags, options.Ahead.Text, Text(options.AsOf), cancellationToken),
            cancellationToken
        );
        return told.Policies.Count == 0 ? [] : Forecasts(told, await PoliciesAsync(selection, cancellationToken), []);
    }

    public async Task<IReadOnlyList<PolicyForecast>> ForecastAsync(
        IReadOnlyList<PolicyDocument> documents,
        ForecastOptions options,
        CancellationToken cancellationToken
    )
    {
        var sent = new SentDocuments(documents);
        var told = await server.AskAsync<Client.Shapes.ForecastListShape, Contracts.ForecastListShape>(
            (client, at) => client.ForecastTextAsync(at, new(sent.Yaml), options.Ahead.Text, Text(options.AsOf), cancellationToken),
            cancellationToken,
            sent
        );
        return Forecasts(told, [], documents);
    }

    /// <summary>What is drawn needs the name of a policy, and nothing that only its stored text says.</summary>
    private static IReadOnlyList<PolicyForecast> Forecasts(
        Contracts.ForecastListShape told,
        IReadOnlyList<StoredPolicy> stored,
        IReadOnlyList<PolicyDocument> documents
    ) =>
        [
            .. from pair in told.Policies
            let known = stored.Select(p => p.Policy).Concat(documents.Select(d => d.Policy)).ToList()
            let policy = known.FirstOrDefault(p => p.Name == pair.Policy) ?? known.FirstOrDefault()
            where policy is not null
            select FromShapes.Forecast(pair, policy with { Name = pair.Policy }),
        ];

    public async Task<QueryAnswer> QueryAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var (has, lacks) = (request.Where.Where(w => w.Value is not null), request.Where.Where(w => w.Value is null));
        return AnswerValues.Of(
            await server.AskAsync(
                (client, at) =>
                    client.QueryAsync(
                        at,
                        request.Policy,
                        InstantText.Format(request.From),
                        InstantText.Format(request.To),
                        request.Every,
                        request.AtMost,
                        request.Zone,
                        [.. has.Select(w => $"{w.Key}={w.Value}")],
                        [.. lacks.Select(w => w.Key)],
                        request.Columns.Count == 0 ? null : string.Join(',', request.Columns),
                        request.Points,
                        Text(request.WholeAsOf),
                        cancellationToken
                    ),
                cancellationToken
            )
        );
    }

    public async Task<QueryAnswer> QueryAsync(QueryRequest request, Func<QueryAnswer, Task> slice, CancellationToken cancellationToken)
    {
        var answer = await QueryAsync(request, cancellationToken);
        await slice(answer);
        return answer with { Rows = [], Starts = [] };
    }

    public Task<(QueryAnswer Answer, long Rows)> ExportAsync(QueryRequest request, string path, CancellationToken cancellationToken) =>
        throw CommonOptions.Usage(
            "A file of the format parquet is written by the database itself, and a server sends text. Say --output FILE.csv or FILE.ndjson, or name the database with --db."
        );

    public async Task<IReadOnlyList<ArchivedPart>> ArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken) =>
        [
            .. (
                await server.AskAsync<Client.Shapes.ArchiveListShape, Contracts.ArchiveListShape>(
                    (client, at) => client.ListArchivesAsync(at, policies, cancellationToken),
                    cancellationToken
                )
            ).Parts.Select(FromShapes.Part),
        ];

    public async Task<ArchiveReport> VerifyArchivesAsync(IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        // A part is read as a whole: the server does it for one policy at a time, or for all of them.
        List<ArchiveReport> reports = [];
        foreach (var policy in policies.Count == 0 ? [null] : policies.Cast<string?>())
            reports.Add(await VerifiedAsync(policy, cancellationToken));
        return new([.. reports.SelectMany(r => r.Parts)], [.. reports.SelectMany(r => r.Unknown)])
        {
            BeingPruned = [.. reports.SelectMany(r => r.BeingPruned)],
        };
    }

    private async Task<ArchiveReport> VerifiedAsync(string? policy, CancellationToken cancellationToken) =>
        FromShapes.Archives(
            await server.AskAsync<Client.Shapes.ArchiveReportShape, Contracts.ArchiveReportShape>(
                (client, at) => client.VerifyArchivesAsync(at, policy, cancellationToken),
                cancellationToken
            )
        );
}
