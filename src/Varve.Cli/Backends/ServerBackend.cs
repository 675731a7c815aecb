using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;
using PolicyDiff = Varve.Applying.PolicyDiff;

namespace Varve.Cli.Backends;

/// <summary>A database of a server: every question is one to its API, in the name of a token.</summary>
internal sealed partial class ServerBackend(ServerCall server) : IBackend, IDisposable
{
    // A change that removes more is stored here as it is by a database: the first run that removes by it asks.
    private const string Meant = "removes-more";

    internal static ServerBackend At(ServerAddress address, TimeSpan wait) => new(ServerCall.To(address, wait));

    public void Dispose() => server.Dispose();

    public async Task<IReadOnlyList<StoredPolicy>> PoliciesAsync(Selection selection, CancellationToken cancellationToken) =>
        [.. (await SelectAsync(selection, cancellationToken)).Policies.Select(FromShapes.Stored)];

    public async Task<StoredPolicy> PolicyAsync(string policy, CancellationToken cancellationToken) =>
        FromShapes.Stored(
            (
                await server.AskAsync<Client.Shapes.PolicyListShape, Contracts.PolicyListShape>(
                    (client, at) => client.SelectPoliciesAsync(at, only: policy, cancellationToken: cancellationToken),
                    cancellationToken
                )
            ).Policies[0]
        );

    public async Task<IReadOnlyList<PatternReport>> PatternsAsync(Selection selection, CancellationToken cancellationToken) =>
        [.. (await SelectAsync(selection, cancellationToken)).Patterns.Select(FromShapes.Pattern)];

    private Task<Contracts.PolicyListShape> SelectAsync(Selection selection, CancellationToken cancellationToken) =>
        server.AskAsync<Client.Shapes.PolicyListShape, Contracts.PolicyListShape>(
            (client, at) => client.SelectPoliciesAsync(at, selection.Names, selection.Tags, cancellationToken: cancellationToken),
            cancellationToken
        );

    public async Task<IReadOnlyList<CheckReport>> CheckAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var sent = new SentDocuments(documents);
        var answer = await server.AskAsync(
            (client, at) => client.CheckPoliciesAsync(at, new(sent.Yaml), cancellationToken),
            cancellationToken,
            sent
        );
        return
        [
            .. answer.Reports.Select(r => new CheckReport(
                (documents.FirstOrDefault(d => d.Policy.Name == r.Policy) ?? documents[0]).Policy with
                {
                    Name = r.Policy,
                    Table = TableName.Parse(r.Table),
                },
                [.. r.Problems.Select(p => ServerErrors.Problem(p, sent))]
            )),
        ];
    }

    public async Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        bool prune,
        CancellationToken cancellationToken
    )
    {
        var sent = new SentDocuments(documents);
        return Applied(
            await server.AskAsync(
                (client, at) => client.ApplyPoliciesAsync(at, new(sent.Yaml), Meant, prune ? true : null, cancellationToken),
                cancellationToken,
                sent
            ),
            sent
        );
    }

    public async Task<IReadOnlyList<ApplyResult>> ApplyAsync(
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyDictionary<string, int> expected,
        CancellationToken cancellationToken
    )
    {
        var (sent, (policy, revision)) = (new SentDocuments(documents), expected.Single());
        return Applied(
            await server.AskAsync(
                (client, at) =>
                    client.PutPolicyAsync(
                        at,
                        policy,
                        new(sent.Yaml),
                        Meant,
                        revision == 0 ? null : Tag(revision),
                        revision == 0 ? "*" : null,
                        cancellationToken
                    ),
                cancellationToken,
                sent
            ),
            sent
        );
    }

    public async Task<IReadOnlyList<ApplyResult>> DeletePolicyAsync(string policy, CancellationToken cancellationToken)
    {
        var stored = await server.AskAsync((client, at) => client.GetPolicyAsync(at, policy, cancellationToken), cancellationToken);
        return Applied(
            await server.AskAsync(
                (client, at) => client.DeletePolicyAsync(at, policy, null, Tag(stored.Revision), cancellationToken),
                cancellationToken
            ),
            null
        );
    }

    public async Task<IReadOnlyList<Plan>> PlanAsync(Selection selection, Instant? asOf, CancellationToken cancellationToken) =>
        PlanFile.Read(
            await server.AskAsync(
                (client, at) => client.PlanAllAsync(at, selection.Names, selection.Tags, Text(asOf), cancellationToken),
                cancellationToken
            )
        );

    public async Task<IReadOnlyList<Plan>> PlanAsync(
        IReadOnlyList<PolicyDocument> documents,
        Instant? asOf,
        CancellationToken cancellationToken
    )
    {
        var sent = new SentDocuments(documents);
        var plans = PlanFile.Read(
            await server.AskAsync(
                (client, at) => client.PlanTextAsync(at, new(sent.Yaml), Text(asOf), cancellationToken),
                cancellationToken,
                sent
            )
        );
        return
        [
            .. plans.Select(p =>
                p with
                {
                    Notes = sent.Located(p.Notes),
                    Failure = p.Failure is { } failure ? sent.Located(failure) : null,
                }
            ),
        ];
    }

    public async Task<IReadOnlyList<Execution.StepStatements>> StatementsAsync(
        Plan plan,
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken
    )
    {
        var sent = documents.Count == 0 ? null : new SentDocuments(documents);
        var told = await server.AskAsync(
            (client, at) => client.StatementsOfPlanAsync(at, new(PlanFile.Write([plan]), sent?.Yaml), cancellationToken),
            cancellationToken,
            sent
        );
        return [.. plan.Steps.Zip(told.Plans[0].Steps, (step, sql) => new Execution.StepStatements(step, sql.Statements))];
    }

    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(Selection selection, CancellationToken cancellationToken) =>
        (
            await server.AskAsync<Client.Shapes.DiffListShape, Contracts.DiffListShape>(
                (client, at) => client.DiffAllAsync(at, selection.Names, selection.Tags, cancellationToken),
                cancellationToken
            )
        ).Policies;

    public async Task<IReadOnlyList<PolicyDiff>> DiffAsync(IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var sent = new SentDocuments(documents);
        var told = await server.AskAsync<Client.Shapes.DiffListShape, Contracts.DiffListShape>(
            (client, at) => client.DiffTextAsync(at, new(sent.Yaml), cancellationToken),
            cancellationToken,
            sent
        );
        return [.. told.Policies.Select(d => d with { Problems = sent.Located(d.Problems) })];
    }

    private static IReadOnlyList<ApplyResult> Applied(Client.Shapes.ApplyShape told, SentDocuments? sent) =>
        [
            .. ServerCall
                .Shape<Contracts.ApplyShape>(told)
                .Policies.Select(FromShapes.Applied)
                .Select(r => sent is null ? r : r with { Notes = sent.Located(r.Notes) }),
        ];

    private static string Tag(int revision) => FormattableString.Invariant($"\"{revision}\"");

    private static string? Text(Instant? at) => at is { } instant ? InstantText.Format(instant) : null;

    private static string? From(TimeRange? range) => range is { FromStart: false } from ? InstantText.Format(from.From) : null;

    private static string? To(TimeRange? range) => range is { ToEnd: false } to ? InstantText.Format(to.To) : null;
}
