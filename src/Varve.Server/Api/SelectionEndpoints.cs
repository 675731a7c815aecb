using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;

namespace Varve.Server.Api;

/// <summary>What several policies say at once: those that names and tags select, all of them without either.</summary>
internal static class SelectionEndpoints
{
    private const string Connection = "/connections/{connection}";

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("selections");
        group.MapGet($"{Connection}/selection", SelectAsync).Needs(Role.Viewer).WithName("SelectPolicies");
        group
            .MapGet($"{Connection}/plan", PlanAsync)
            .Needs(Role.Viewer)
            .WithName("PlanAll")
            .Produces<string>(contentType: "application/json");
        group.MapPost($"{Connection}/statements", StatementsAsync).Needs(Role.Viewer).WithName("StatementsOfPlan");
        group.MapGet($"{Connection}/diff", DiffAsync).Needs(Role.Viewer).WithName("DiffAll");
        group.MapGet($"{Connection}/history", HistoryAsync).Needs(Role.Viewer).WithName("HistoryAll");
        group.MapGet($"{Connection}/forecast", ForecastAsync).Needs(Role.Viewer).WithName("ForecastAll");
        group.MapGet($"{Connection}/verify", VerifyAsync).Needs(Role.Viewer).WithName("VerifyAll");
    }

    /// <summary>The policies and patterns as they were written; or the one policy of a name, or of a table.</summary>
    private static Task<PolicyListShape> SelectAsync(HttpContext http, string connection, string[]? policy, string[]? tag, string? only) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                only is not null
                    ? new PolicyListShape([PolicyShape.Of(await lifecycle.PolicyAsync(only, token), withYaml: true)], [])
                    : new PolicyListShape(
                        [.. (await lifecycle.PoliciesAsync(Of(policy, tag), token)).Select(p => PolicyShape.Of(p, withYaml: true))],
                        [.. (await lifecycle.PatternsAsync(Of(policy, tag), token)).Select(p => PatternShape.Of(p, withYaml: true))]
                    )
        );

    private static Task<IResult> PlanAsync(HttpContext http, string connection, string[]? policy, string[]? tag, string? asOf) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                Results.Text(
                    PlanFile.Write(await lifecycle.PlanAsync(Of(policy, tag), Times.Instant(asOf, "asOf"), token)),
                    "application/json"
                )
        );

    /// <summary>What a plan that was made before would run, step by step and in its order.</summary>
    private static Task<StatementsShape> StatementsAsync(HttpContext http, string connection, StatementsBody body) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
            {
                List<PolicyStatements> all = [];
                var documents = body.Yaml is { } yaml ? PolicyYaml.Parse(yaml, "") : [];
                foreach (var told in PlanFile.Read(body.Plan).Where(p => p.Failure is null))
                {
                    var statements = await lifecycle.StatementsAsync(await AgainAsync(lifecycle, told, documents, token), documents, token);
                    all.Add(new(told.Policy, [.. statements.Select(s => new StepSql(s.Step.Key, s.Statements))]));
                }

                return new StatementsShape(all);
            }
        );

    /// <summary>The same plan as it is made here: whoever sends one can write into it what no planner would.</summary>
    /// <exception cref="StalePlanException">A step of it is none that would be planned as of its instant.</exception>
    private static async Task<Plan> AgainAsync(
        Lifecycle lifecycle,
        Plan told,
        IReadOnlyList<PolicyDocument> documents,
        CancellationToken cancellationToken
    )
    {
        var plans =
            documents.Count > 0
                ? await lifecycle.PlanAsync(documents, told.AsOf, cancellationToken)
                : await lifecycle.PlanAsync(Selection.Of(told.Policy), told.AsOf, cancellationToken);
        return plans.FirstOrDefault(p => p.Policy == told.Policy) switch
        {
            { Failure: null } plan => Staleness.Keep(told, plan),
            var none => throw Staleness.Gone(told, none?.Failure),
        };
    }

    private static Task<DiffListShape> DiffAsync(HttpContext http, string connection, string[]? policy, string[]? tag) =>
        http.WithAsync(connection, async (lifecycle, token) => new DiffListShape(await lifecycle.DiffAsync(Of(policy, tag), token)));

    /// <summary>Runs, newest first; with idle also those that had nothing to do.</summary>
    private static Task<HistoryShape> HistoryAsync(
        HttpContext http,
        string connection,
        string[]? policy,
        string[]? tag,
        int? limit,
        bool? idle
    ) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                new HistoryShape(await lifecycle.HistoryAsync(Of(policy, tag), Cursor.Limit(limit), idle ?? false, token))
        );

    private static Task<ForecastListShape> ForecastAsync(
        HttpContext http,
        string connection,
        string[]? policy,
        string[]? tag,
        string? ahead,
        string? asOf
    ) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                new ForecastListShape([
                    .. (await lifecycle.ForecastAsync(Of(policy, tag), ReadingEndpoints.Ahead(ahead, asOf), token)).Select(
                        ForecastPairShape.Of
                    ),
                ])
        );

    private static Task<VerifyShape> VerifyAsync(
        HttpContext http,
        string connection,
        string[]? policy,
        string[]? tag,
        string? from,
        string? to
    ) =>
        http.WithLongAsync(
            connection,
            async (lifecycle, token) =>
                VerifyShape.Of(
                    await lifecycle.VerifyAsync(Of(policy, tag), from is null && to is null ? null : Times.Range(from, to), token)
                )
        );

    /// <summary>Names and tags of a request; neither means all policies.</summary>
    internal static Selection Of(string[]? policies, string[]? tags) => new(policies ?? [], tags ?? []);
}
