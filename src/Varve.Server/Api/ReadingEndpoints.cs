using NodaTime;
using Varve.Databases;
using Varve.Diagnosis;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>What tables, tiers, runs and archives say.</summary>
internal static class ReadingEndpoints
{
    private const string Policy = "/connections/{connection}/policies/{policy}";
    private const int DefaultPoints = 200;
    private const int MostPoints = 10_000;
    private const int DefaultWindows = 200;

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("reading");
        group.MapGet("/connections/{connection}/status", StatusAllAsync).Needs(Role.Viewer).WithName("Status");
        group.MapGet($"{Policy}/status", StatusAsync).Needs(Role.Viewer).WithName("PolicyStatus");
        group
            .MapGet($"{Policy}/plan", PlanAsync)
            .Needs(Role.Viewer)
            .WithName("PlanPolicy")
            .Produces<string>(contentType: "application/json");
        group
            .MapPost("/connections/{connection}/plan", PlanTextAsync)
            .Needs(Role.Viewer)
            .WithName("PlanText")
            .Produces<string>(contentType: "application/json");
        group.MapGet($"{Policy}/statements", StatementsAsync).Needs(Role.Viewer).WithName("PlanStatements");
        group.MapGet($"{Policy}/coverage", CoverageAsync).Needs(Role.Viewer).WithName("Coverage");
        group.MapGet($"{Policy}/history", HistoryAsync).Needs(Role.Viewer).WithName("History");
        group.MapGet($"{Policy}/steps", WindowStepsAsync).Needs(Role.Viewer).WithName("WindowSteps");
        group.MapGet("/connections/{connection}/history/{run}/steps", StepsAsync).Needs(Role.Viewer).WithName("Steps");
        group.MapGet($"{Policy}/query", QueryAsync).Needs(Role.Viewer).WithName("Query");
        group.MapGet($"{Policy}/forecast", ForecastAsync).Needs(Role.Viewer).WithName("Forecast");
        group.MapPost("/connections/{connection}/forecast", ForecastTextAsync).Needs(Role.Viewer).WithName("ForecastText");
        group.MapGet("/connections/{connection}/audit", AuditAsync).Needs(Role.Viewer).WithName("Audit");
        group.MapGet("/connections/{connection}/audit/verdict", VerdictAsync).Needs(Role.Viewer).WithName("VerifyAudit");
        group.MapGet("/connections/{connection}/doctor", DoctorAsync).Needs(Role.Viewer).WithName("Doctor");
        group.MapGet($"{Policy}/verify", VerifyAsync).Needs(Role.Viewer).WithName("Verify");
    }

    private static Task<StatusShape> StatusAllAsync(HttpContext http, string connection, string? asOf, string[]? policy, string[]? tag) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
            {
                var selection = SelectionEndpoints.Of(policy, tag);
                return new StatusShape(
                    [.. (await lifecycle.StatusAsync(selection, Times.Instant(asOf, "asOf"), token)).Select(PolicyStanding.Of)],
                    [.. (await lifecycle.PatternsAsync(selection, token)).Select(p => PatternShape.Of(p))]
                );
            }
        );

    private static Task<StatusShape> StatusAsync(HttpContext http, string connection, string policy, string? asOf) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
                new StatusShape(
                    [.. (await lifecycle.StatusAsync(Selection.Of(policy), Times.Instant(asOf, "asOf"), token)).Select(PolicyStanding.Of)],
                    [.. (await lifecycle.PatternsAsync(Selection.Of(policy), token)).Select(p => PatternShape.Of(p))]
                )
        );

    private static Task<IResult> PlanAsync(HttpContext http, string connection, string policy, string? asOf) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
                Results.Text(
                    PlanFile.Write(await lifecycle.PlanAsync(Selection.Of(policy), Times.Instant(asOf, "asOf"), token)),
                    "application/json"
                )
        );

    private static Task<IResult> PlanTextAsync(HttpContext http, string connection, YamlBody body, string? asOf) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                Results.Text(
                    PlanFile.Write(await lifecycle.PlanAsync(body.Documents(), Times.Instant(asOf, "asOf"), token)),
                    "application/json"
                )
        );

    private static Task<StatementsShape> StatementsAsync(HttpContext http, string connection, string policy, string? asOf) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
            {
                List<PolicyStatements> all = [];
                foreach (var plan in await lifecycle.PlanAsync(Selection.Of(policy), Times.Instant(asOf, "asOf"), token))
                    all.Add(
                        new(
                            plan.Policy,
                            [
                                .. (await lifecycle.StatementsAsync(plan, null, token)).Select(s => new StepSql(
                                    PlanText.Describe(s.Step),
                                    s.Statements
                                )),
                            ]
                        )
                    );
                return new StatementsShape(all);
            }
        );

    private static Task<CoverageShape> CoverageAsync(
        HttpContext http,
        string connection,
        string policy,
        string? from,
        string? to,
        int? windows
    ) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
            {
                var count = windows ?? DefaultWindows;
                if (count is < 1 or > Coverage.Most)
                    throw new PolicyException(ServerCodes.BadRequest, $"windows is from 1 to {Coverage.Most}.");
                var status = (await lifecycle.StatusAsync(Selection.Of(policy), null, token)).Single();
                return Coverage.Of(
                    policy,
                    await lifecycle.LedgerAsync(policy, token),
                    status.Relations.Select(r => r.Relation),
                    Span(status, from, to),
                    count
                );
            }
        );

    private static Task<HistoryShape> HistoryAsync(HttpContext http, string connection, string policy, int? limit) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
                new HistoryShape(await lifecycle.HistoryAsync(Selection.Of(policy), Cursor.Limit(limit), idle: true, token))
        );

    private static Task<StepsShape> StepsAsync(HttpContext http, string connection, string run) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) => new StepsShape([.. (await lifecycle.StepsAsync(run, token)).Select(StepLine.Of)])
        );

    /// <summary>The steps that touched a window of a relation, newest first.</summary>
    private static Task<WindowStepsShape> WindowStepsAsync(
        HttpContext http,
        string connection,
        string policy,
        string relation,
        string? from,
        string? to,
        int? limit
    ) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
            {
                var range = Times.Range(from, to);
                return new WindowStepsShape(
                    policy,
                    relation,
                    range,
                    await lifecycle.StepsAsync(policy, new(relation), range, Cursor.Limit(limit), token)
                );
            }
        );

    private static Task<AnswerShape> QueryAsync(
        HttpContext http,
        string connection,
        string policy,
        string? from,
        string? to,
        string? every,
        int? points,
        string? zone,
        string[]? where,
        string[]? whereNull,
        string? columns,
        int? about,
        string? wholeAsOf
    ) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
            {
                if (new[] { every is not null, points is not null, about is not null }.Count(said => said) > 1)
                    throw new PolicyException(ServerCodes.BadRequest, "every, points and about all say how fine; give one.");
                if (points is < 1 or > MostPoints || about is < 1 or > MostPoints)
                    throw new PolicyException(ServerCodes.BadRequest, $"points and about are from 1 to {MostPoints}.");
                var range =
                    from is not null && to is not null
                        ? Times.Range(from, to)
                        : Span((await lifecycle.StatusAsync(Selection.Of(policy), null, token)).Single(), from, to);
                var answer = await lifecycle.QueryAsync(
                    new()
                    {
                        Policy = policy,
                        From = range.From,
                        To = range.To,
                        Every = every,
                        Points = about ?? (every is null && points is null ? DefaultPoints : null),
                        AtMost = points,
                        Zone = zone,
                        Where =
                        [
                            .. (where ?? []).Select(Condition),
                            .. (whereNull ?? []).Select(column => new KeyValuePair<string, string?>(column, null)),
                        ],
                        Columns = columns is null ? [] : columns.Split(','),
                        WholeAsOf = Times.Instant(wholeAsOf, "wholeAsOf"),
                    },
                    token
                );
                return AnswerShape.Of(answer);
            }
        );

    private static Task<ForecastListShape> ForecastAsync(HttpContext http, string connection, string policy, string? ahead, string? asOf) =>
        http.LookAsync(
            connection,
            async (lifecycle, token) =>
                new ForecastListShape([
                    .. (await lifecycle.ForecastAsync(Selection.Of(policy), Ahead(ahead, asOf), token)).Select(ForecastPairShape.Of),
                ])
        );

    private static Task<ForecastListShape> ForecastTextAsync(
        HttpContext http,
        string connection,
        YamlBody body,
        string? ahead,
        string? asOf
    ) =>
        http.WithAsync(
            connection,
            async (lifecycle, token) =>
                new ForecastListShape([
                    .. (await lifecycle.ForecastAsync(body.Documents(), Ahead(ahead, asOf), token)).Select(ForecastPairShape.Of),
                ])
        );

    private static Task<AuditShape> AuditAsync(HttpContext http, string connection, int? limit) =>
        http.LookAsync(connection, async (lifecycle, token) => new AuditShape(await lifecycle.AuditAsync(Cursor.Limit(limit), token)));

    /// <summary>Without a head it is compared with the one that was anchored last.</summary>
    private static Task<AuditVerdictShape> VerdictAsync(HttpContext http, AuditAnchor anchor, string connection, string? head) =>
        http.WithLongAsync(
            connection,
            async (lifecycle, token) =>
            {
                var verdict = await lifecycle.VerifyAuditAsync(
                    head ?? (await anchor.OfAsync(connection, token)).LastOrDefault()?.Head,
                    token
                );
                return new AuditVerdictShape(verdict.Findings.Count == 0, verdict.Entries, verdict.Head, verdict.Findings);
            }
        );

    private static Task<DoctorShape> DoctorAsync(HttpContext http, string connection, string? auditHead) =>
        http.Connection(connection)
            .UseAsync(
                http.Caller().Subject,
                (lifecycle, database) =>
                    DiagnoseAsync(http.Connection(connection).Setting.Url, lifecycle, database, auditHead, http.RequestAborted),
                http.RequestAborted
            );

    /// <summary>What the catalog and the database itself show.</summary>
    internal static async Task<DoctorShape> DiagnoseAsync(
        DatabaseUrl url,
        Lifecycle lifecycle,
        Database database,
        string? auditHead,
        CancellationToken token
    )
    {
        List<Finding> findings =
        [
            .. await lifecycle.DiagnoseAsync(auditHead, token),
            .. await DatabaseHealth.DiagnoseAsync(url, lifecycle, database, token),
        ];
        return new(!findings.Exists(f => f.Severity is Severity.Error), findings);
    }

    private static Task<VerifyShape> VerifyAsync(HttpContext http, string connection, string policy, string? from, string? to) =>
        http.WithLongAsync(
            connection,
            async (lifecycle, token) =>
            {
                var reports = await lifecycle.VerifyAsync(
                    Selection.Of(policy),
                    from is null && to is null ? null : Times.Range(from, to),
                    token
                );
                return VerifyShape.Of(reports);
            }
        );

    /// <summary>What source and tiers hold, with the ends that were asked for.</summary>
    internal static TimeRange Span(PolicyStatus status, string? from, string? to)
    {
        var first = Times.Instant(from, "from") ?? status.Relations.Min(r => r.First) ?? status.AsOf - Duration.FromDays(1);
        var last =
            Times.Instant(to, "to") ?? Instant.Max(status.Relations.Max(r => r.Last) ?? status.AsOf, first + Duration.FromMinutes(1));
        return first < last
            ? new(first, last)
            : throw new PolicyException(
                ServerCodes.BadRequest,
                $"from {InstantText.Format(first)} is not before to {InstantText.Format(last)}."
            );
    }

    internal static ForecastOptions Ahead(string? ahead, string? asOf)
    {
        var at = Times.Instant(asOf, "asOf");
        if (Times.Length(ahead, "ahead") is not { } length)
            return new() { AsOf = at };
        return ForecastOptions.IsPossible(length)
            ? new() { AsOf = at, Ahead = length }
            : throw new PolicyException(ServerCodes.BadRequest, "ahead is a day to a hundred years, such as 30d or 2y.");
    }

    private static KeyValuePair<string, string?> Condition(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } column, var value]
            ? new(column, value)
            : throw new PolicyException(ServerCodes.BadRequest, $"where={text} names no value; write where=column=value.");
}
