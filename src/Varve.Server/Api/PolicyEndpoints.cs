using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Varve.Applying;
using Varve.Catalog;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Scheduling;

namespace Varve.Server.Api;

/// <summary>Policies: what is stored, what a text would change, and storing it.</summary>
internal static class PolicyEndpoints
{
    private const string Policies = "/connections/{connection}/policies";

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("policies");
        group.MapGet(Policies, ListAsync).Needs(Role.Viewer).WithName("ListPolicies");
        group.MapGet($"{Policies}/{{policy}}", GetAsync).Needs(Role.Viewer).WithName("GetPolicy");
        group.MapPut($"{Policies}/{{policy}}", PutAsync).Needs(Role.Operator).WithName("PutPolicy");
        group.MapDelete($"{Policies}/{{policy}}", DeleteAsync).Needs(Role.Admin).WithName("DeletePolicy");
        group.MapGet($"{Policies}/{{policy}}/revisions", RevisionsAsync).Needs(Role.Viewer).WithName("ListRevisions");
        group.MapGet($"{Policies}/{{policy}}/diff", DiffAsync).Needs(Role.Viewer).WithName("DiffPolicy");
        group.MapPost("/connections/{connection}/check", CheckAsync).Needs(Role.Viewer).WithName("CheckPolicies");
        group.MapPost("/connections/{connection}/diff", DiffTextAsync).Needs(Role.Viewer).WithName("DiffText");
        group.MapPost("/connections/{connection}/apply", ApplyAsync).Needs(Role.Operator).WithName("ApplyPolicies");
        group.MapGet("/connections/{connection}/tables", TablesAsync).Needs(Role.Viewer).WithName("ListTables");
        group
            .MapGet("/policy-schema", () => Results.Text(PolicySchema.Json, "application/schema+json"))
            .Needs(Role.Viewer)
            .WithName("PolicySchema");
    }

    private static async Task<PageShape<PolicyShape>> ListAsync(
        HttpContext http,
        string connection,
        string? tag,
        string? after,
        int? limit
    ) =>
        await http.LookAsync(
            connection,
            async (lifecycle, token) =>
            {
                var patterns = (await lifecycle.PatternsAsync(Selection.All, token)).Select(p => p.Stored);
                var all = (await lifecycle.PoliciesAsync(Selection.All, token))
                    .Concat(patterns)
                    .Where(p => tag is null || p.Policy.Tags.Contains(tag));
                return Cursor.Page(
                    all.OrderBy(p => p.Policy.Name, StringComparer.Ordinal).Select(p => PolicyShape.Of(p, withYaml: false)),
                    p => p.Policy,
                    after,
                    limit
                );
            }
        );

    private static async Task<Ok<PolicyShape>> GetAsync(HttpContext http, string connection, string policy)
    {
        var stored = await http.WithAsync(connection, (lifecycle, token) => FindAsync(lifecycle, policy, token));
        http.Response.Headers.ETag = Tag(stored.Revision);
        return TypedResults.Ok(PolicyShape.Of(stored, withYaml: true));
    }

    private static async Task<Results<Ok<ApplyShape>, Created<ApplyShape>>> PutAsync(
        HttpContext http,
        string connection,
        string policy,
        YamlBody body,
        string? accept
    )
    {
        var expected = Preconditions.Revision(http, mayBeNew: true);
        var documents = body.Documents();
        if (documents is not [var only] || only.Policy.Name != policy)
            throw new PolicyException(
                ServerCodes.BadRequest,
                $"The text is one policy, and its name is that of the path: `policy: {policy}`."
            );
        var results = await StoreAsync(
            http,
            connection,
            documents,
            new Dictionary<string, int> { [policy] = expected },
            accept,
            prune: false
        );
        var own = results.First(r => r.Policy == policy);
        http.Response.Headers.ETag = Tag(own.Revision);
        var shape = new ApplyShape([.. results.Select(AppliedPolicy.Of)]);
        return own.Outcome == ApplyOutcome.Created ? TypedResults.Created(http.Request.Path, shape) : TypedResults.Ok(shape);
    }

    private static async Task<ApplyShape> ApplyAsync(HttpContext http, string connection, YamlBody body, string? accept, bool? prune) =>
        new([
            .. (await StoreAsync(http, connection, body.Documents(), new Dictionary<string, int>(), accept, prune ?? false)).Select(
                AppliedPolicy.Of
            ),
        ]);

    private static Task<IReadOnlyList<ApplyResult>> StoreAsync(
        HttpContext http,
        string connection,
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyDictionary<string, int> expected,
        string? accept,
        bool prune
    ) =>
        http
            .RequestServices.GetRequiredService<PolicyStoring>()
            .StoreAsync(
                http.Caller(),
                http.Connection(connection),
                documents,
                expected,
                accept == PolicyStoring.Accepted,
                prune,
                http.RequestAborted
            );

    private static async Task<ApplyShape> DeleteAsync(HttpContext http, string connection, string policy, bool? dryRun)
    {
        if (dryRun == true)
            return new(await http.WithAsync(connection, (lifecycle, token) => GoesAsync(lifecycle, policy, token)));
        var expected = Preconditions.Revision(http, mayBeNew: false);
        var results = await http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                var stored = await FindAsync(lifecycle, policy, token);
                if (stored.Revision != expected)
                    throw new PolicyException(
                        ServerCodes.Changed,
                        FormattableString.Invariant(
                            $"{policy} has the revision {stored.Revision}, and {expected} was read: somebody changed it. Nothing was done. Read it again."
                        )
                    );
                return await lifecycle.DeletePolicyAsync(policy, token);
            }
        );
        await http
            .RequestServices.GetRequiredService<ServerAudit>()
            .AppendAsync(
                http.Caller() with
                {
                    Tenant = http.Connection(connection).Setting.Tenant,
                },
                "policy.deleted",
                $"{connection}/{policy}",
                new JsonObject { ["revision"] = expected },
                http.RequestAborted
            );
        await http.RequestServices.GetRequiredService<SchedulerService>().LearnAsync(http.Connection(connection), http.RequestAborted);
        return new([.. results.Select(AppliedPolicy.Of)]);
    }

    /// <summary>What would no longer be in force: the policy, or the pattern with every policy that comes from it.</summary>
    private static async Task<IReadOnlyList<AppliedPolicy>> GoesAsync(Lifecycle lifecycle, string policy, CancellationToken token)
    {
        var stored = await FindAsync(lifecycle, policy, token);
        var made = stored.Policy.Table.IsPattern
            ? (await lifecycle.PoliciesAsync(Selection.All, token)).Where(p => p.Pattern == policy)
            : [];
        return [.. made.Prepend(stored).Select(p => new AppliedPolicy(p.Policy.Name, p.Revision, ApplyOutcome.Deleted, [], p.Pattern))];
    }

    private static Task<RevisionsShape> RevisionsAsync(HttpContext http, string connection, string policy) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                List<RevisionShape> all = [];
                StoredPolicy? before = null;
                for (var revision = 1; revision <= (await FindAsync(lifecycle, policy, token)).Revision; revision++)
                {
                    if (await lifecycle.RevisionAsync(policy, revision, token) is not { } stored)
                        continue;
                    all.Insert(
                        0,
                        new(
                            stored.Revision,
                            stored.Hash,
                            stored.AppliedAt,
                            stored.AppliedBy,
                            stored.Yaml,
                            before is null ? [] : PolicyDifference.Between(before.Policy, stored.Policy)
                        )
                    );
                    before = stored;
                }

                return new RevisionsShape(policy, all);
            }
        );

    private static Task<DiffListShape> DiffAsync(HttpContext http, string connection, string policy) =>
        http.WithAsync(connection, async (lifecycle, token) => new DiffListShape(await lifecycle.DiffAsync(Selection.Of(policy), token)));

    private static Task<DiffListShape> DiffTextAsync(HttpContext http, string connection, YamlBody body) =>
        http.WithAsync(connection, async (lifecycle, token) => new DiffListShape(await lifecycle.DiffAsync(body.Documents(), token)));

    private static Task<CheckAnswer> CheckAsync(HttpContext http, string connection, YamlBody body) =>
        http.WithAsync(connection, async (lifecycle, token) => await PolicyStoring.CheckAsync(lifecycle, body.Yaml ?? "", token));

    private static Task<TablesShape> TablesAsync(HttpContext http, string connection) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                new TablesShape([.. (await lifecycle.KeptTablesAsync(token)).Select(t => new TableShape(t.Table.Text, t.Policy))])
        );

    /// <summary>A policy or a pattern.</summary>
    /// <exception cref="PolicyException">There is none of that name.</exception>
    internal static async Task<StoredPolicy> FindAsync(Lifecycle lifecycle, string policy, CancellationToken token) =>
        (await lifecycle.PatternsAsync(Selection.All, token)).Select(p => p.Stored).FirstOrDefault(p => p.Policy.Name == policy)
        ?? (await lifecycle.PoliciesAsync(Selection.Of(policy), token)).First(p => p.Policy.Name == policy);

    private static string Tag(int revision) => FormattableString.Invariant($"\"{revision}\"");
}
