using System.Text.Json.Nodes;
using NodaTime;
using Varve.Policies;
using Varve.Queries;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Quotas;
using Varve.Server.Runs;
using Varve.Server.Scheduling;
using Varve.Time;

namespace Varve.Server.Queries;

/// <summary>Checking and storing queries, for the API and for the pages.</summary>
internal sealed class QueryStoring(
    QueryTable table,
    HomeDatabase home,
    ServerAudit audit,
    ScheduleKeeper keeper,
    SchedulerService scheduler,
    TenantQuotas quotas,
    TenantHoldings holdings
)
{
    private static readonly Duration s_day = Duration.FromDays(1);

    public Instant Now() => home.Now();

    /// <summary>Every problem of a text, those that only the database shows among them.</summary>
    public async Task<(IReadOnlyList<Problem> Problems, IReadOnlyList<QueryDocument> Documents)> CheckAsync(
        ServerConnection connection,
        string yaml,
        CancellationToken cancellationToken
    )
    {
        QueryRunner.Allow(connection);
        List<Problem> problems = [];
        var documents = QueryYaml.Read(yaml, "", problems);
        if (problems.Count > 0)
            return (PolicyYaml.Ordered(problems), documents);
        foreach (var document in documents)
        {
            // The window tells only what the statement is asked with: any will do.
            var window = new TimeRange(home.Now() - s_day, home.Now());
            problems.AddRange(
                await connection.UseAsync(
                    Caller.Scheduler.Subject,
                    (_, database) => QueryRunner.Work(database, home.Clock).CheckAsync(document.Query, window, cancellationToken),
                    cancellationToken
                )
            );
        }

        return (problems, documents);
    }

    /// <summary>Stores one query where it is still the revision that was read.</summary>
    /// <returns>What is stored now, and whether that is something new.</returns>
    /// <exception cref="PolicyException">With every problem, where somebody changed it, or where the tenant may have no more.</exception>
    public async Task<(StoredQuery Stored, bool IsChanged)> StoreAsync(
        Caller caller,
        ServerConnection connection,
        string name,
        string yaml,
        int expected,
        CancellationToken cancellationToken
    )
    {
        using var turn = await quotas.TurnAsync(connection.Setting.Tenant, cancellationToken);
        var (problems, documents) = await CheckAsync(connection, yaml, cancellationToken);
        if (problems.Count > 0)
            throw new PolicyException(problems);
        if (documents is not [var only] || only.Query.Name != name)
            throw new PolicyException(ServerCodes.BadRequest, $"The text is one query, and its name is that of the path: `query: {name}`.");
        await holdings.RequireAsync(caller, connection, new(connection.Name, name, IsQuery: true), cancellationToken);
        var result = await home.WriteAsync(
            async (statements, token) =>
            {
                var before = await table.FindAsync(statements, connection.Name, name, token);
                RequireRevision(name, before, expected);
                if (before?.Yaml == only.Yaml)
                    return (before, false);
                var stored = new StoredQuery(
                    connection.Name,
                    only.Query,
                    await table.NewestAsync(statements, connection.Name, name, token) + 1,
                    only.Yaml,
                    home.Now(),
                    caller.Subject
                );
                await table.AddAsync(statements, stored, token);
                await audit.AppendAsync(
                    statements,
                    caller with
                    {
                        Tenant = connection.Setting.Tenant,
                    },
                    "query.applied",
                    stored.Key.ToString(),
                    new JsonObject { ["revision"] = stored.Revision },
                    token
                );
                return (stored, true);
            },
            cancellationToken
        );
        await LearnAsync(cancellationToken);
        return result;
    }

    /// <summary>Takes a query out of force; what it wrote stays.</summary>
    public async Task DeleteAsync(
        Caller caller,
        ServerConnection connection,
        string name,
        int expected,
        CancellationToken cancellationToken
    )
    {
        await home.WriteAsync(
            async (statements, token) =>
            {
                var before = await table.FindAsync(statements, connection.Name, name, token) ?? throw Missing(name);
                RequireRevision(name, before, expected);
                await table.RetireAsync(statements, connection.Name, name, token);
                await audit.AppendAsync(
                    statements,
                    caller with
                    {
                        Tenant = connection.Setting.Tenant,
                    },
                    "query.deleted",
                    before.Key.ToString(),
                    new JsonObject { ["revision"] = before.Revision },
                    token
                );
                return 0;
            },
            cancellationToken
        );
        await LearnAsync(cancellationToken);
    }

    /// <summary>Lets the scheduler know what is stored.</summary>
    public async Task LearnAsync(CancellationToken cancellationToken)
    {
        await keeper.LearnAsync(await table.ListAsync(cancellationToken), cancellationToken);
        scheduler.Wake();
    }

    internal static PolicyException Missing(string name) => new(ServerCodes.Missing, $"There is no query {name}.");

    private static void RequireRevision(string name, StoredQuery? before, int expected)
    {
        if ((before?.Revision ?? 0) == expected)
            return;
        throw new PolicyException(
            ServerCodes.Changed,
            before is null
                ? FormattableString.Invariant(
                    $"{name} is not stored any more, and revision {expected} was read. Nothing was done. Read it again."
                )
                : FormattableString.Invariant(
                    $"{name} has the revision {before.Revision}, and {expected} was read: somebody changed it. Nothing was done. Read it again."
                )
        );
    }
}
