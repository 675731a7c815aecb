using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Queries;
using Varve.Server.Runs;

namespace Varve.Server.Api;

/// <summary>
/// Recurrent queries. What they say is a person's own SQL, so storing one is an administrator's, on connections that allow
/// it.
/// </summary>
internal static class QueryEndpoints
{
    private const string Queries = "/connections/{connection}/queries";
    private const string One = $"{Queries}/{{query}}";

    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("queries");
        group.MapGet(Queries, ListAsync).Needs(Role.Viewer).WithName("ListQueries");
        group.MapPost($"{Queries}/check", CheckAsync).Needs(Role.Admin).WithName("CheckQueries");
        group.MapGet(One, GetAsync).Needs(Role.Viewer).WithName("GetQuery");
        group.MapPut(One, PutAsync).Needs(Role.Admin).WithName("PutQuery");
        group.MapDelete(One, DeleteAsync).Needs(Role.Admin).WithName("DeleteQuery");
        group.MapGet($"{One}/revisions", RevisionsAsync).Needs(Role.Viewer).WithName("ListQueryRevisions");
        group.MapGet($"{One}/windows", WindowsAsync).Needs(Role.Viewer).WithName("ListQueryWindows");
        group.MapGet($"{One}/schedule", Schedule).Needs(Role.Viewer).WithName("GetQuerySchedule");
        group.MapPost($"{One}/pause", PauseAsync).Needs(Role.Operator).WithName("PauseQuery");
        group.MapPost($"{One}/resume", ResumeAsync).Needs(Role.Operator).WithName("ResumeQuery");
        group.MapPost($"{One}/skip", SkipAsync).Needs(Role.Operator).WithName("SkipQueryOnce");
    }

    private static async Task<PageShape<QueryShape>> ListAsync(
        HttpContext http,
        QueryTable table,
        string connection,
        string? tag,
        string? after,
        int? limit
    )
    {
        var all = (await table.ListAsync(http.RequestAborted)).Where(q =>
            q.Connection == connection && (tag is null || q.Query.Tags.Contains(tag))
        );
        return Cursor.Page(
            all.OrderBy(q => q.Query.Name, StringComparer.Ordinal).Select(q => QueryShape.Of(q, withYaml: false)),
            q => q.Query,
            after,
            limit
        );
    }

    internal static async Task<QueryCheckShape> CheckAsync(
        HttpContext http,
        QueryStoring storing,
        QueryTable table,
        string connection,
        YamlBody body
    )
    {
        var (problems, documents) = await storing.CheckAsync(http.Connection(connection), body.Yaml ?? "", http.RequestAborted);
        List<QueryDiffShape> queries = [];
        foreach (var document in documents)
        {
            var stored = await table.FindAsync(connection, document.Query.Name, http.RequestAborted);
            queries.Add(new(document.Query.Name, stored?.Revision ?? 0, QueryDifferences.Between(stored?.Query, document.Query)));
        }

        return new(problems.All(p => p.IsWarning), queries, [.. problems.Select(ProblemPlace.Of)]);
    }

    private static async Task<Ok<QueryShape>> GetAsync(HttpContext http, QueryTable table, string connection, string query)
    {
        var stored = await table.FindAsync(connection, query, http.RequestAborted) ?? throw QueryStoring.Missing(query);
        http.Response.Headers.ETag = Tag(stored.Revision);
        return TypedResults.Ok(QueryShape.Of(stored, withYaml: true));
    }

    private static async Task<Results<Ok<QueryShape>, Created<QueryShape>>> PutAsync(
        HttpContext http,
        QueryStoring storing,
        string connection,
        string query,
        YamlBody body
    )
    {
        var expected = Preconditions.Revision(http, mayBeNew: true);
        var (stored, _) = await storing.StoreAsync(
            http.Caller(),
            http.Connection(connection),
            query,
            body.Yaml ?? "",
            expected,
            http.RequestAborted
        );
        http.Response.Headers.ETag = Tag(stored.Revision);
        var shape = QueryShape.Of(stored, withYaml: true);
        return expected == 0 ? TypedResults.Created(http.Request.Path, shape) : TypedResults.Ok(shape);
    }

    private static async Task<NoContent> DeleteAsync(HttpContext http, QueryStoring storing, string connection, string query)
    {
        await storing.DeleteAsync(
            http.Caller(),
            http.Connection(connection),
            query,
            Preconditions.Revision(http, mayBeNew: false),
            http.RequestAborted
        );
        return TypedResults.NoContent();
    }

    private static async Task<QueryRevisionsShape> RevisionsAsync(HttpContext http, QueryTable table, string connection, string query)
    {
        var all = await table.RevisionsAsync(connection, query, http.RequestAborted);
        if (all.Count == 0)
            throw QueryStoring.Missing(query);
        return new(
            query,
            [
                .. all.Select(
                    (q, i) =>
                        new QueryRevisionShape(
                            q.Revision,
                            q.AppliedAt,
                            q.AppliedBy,
                            q.Yaml,
                            QueryDifferences.Between(i + 1 < all.Count ? all[i + 1].Query : null, q.Query)
                        )
                ),
            ]
        );
    }

    private static async Task<DoneWindowsShape> WindowsAsync(
        HttpContext http,
        QueryTable table,
        HomeDatabase home,
        string connection,
        string query,
        string? from,
        string? to,
        int? limit
    )
    {
        if (await table.FindAsync(connection, query, http.RequestAborted) is null)
            throw QueryStoring.Missing(query);
        var (range, count) = (Times.Range(from, to), Cursor.Limit(limit));
        var done = await http.Connection(connection)
            .UseAsync(
                http.Caller().Subject,
                (_, database) => QueryRunner.Work(database, home.Clock).DoneAsync(query, range, http.RequestAborted),
                http.RequestAborted
            );
        return new(query, [.. done.TakeLast(count).Select(DoneWindowShape.Of)]);
    }

    private static ScheduleStateShape Schedule(HttpContext http, ScheduleChanges changes, string connection, string query) =>
        ScheduleStateShape.Of(changes.Find(http.Caller(), new(connection, query, true)), changes.Now());

    private static async Task<ScheduleStateShape> PauseAsync(
        HttpContext http,
        ScheduleChanges changes,
        string connection,
        string query,
        PauseBody body
    )
    {
        await changes.PauseAsync(
            http.Caller(),
            new(connection, query, true),
            body.Reason,
            Times.Instant(body.Until, "until"),
            http.RequestAborted
        );
        return Schedule(http, changes, connection, query);
    }

    private static async Task<ScheduleStateShape> ResumeAsync(HttpContext http, ScheduleChanges changes, string connection, string query)
    {
        await changes.ResumeAsync(http.Caller(), new(connection, query, true), http.RequestAborted);
        return Schedule(http, changes, connection, query);
    }

    private static async Task<ScheduleStateShape> SkipAsync(HttpContext http, ScheduleChanges changes, string connection, string query)
    {
        await changes.SkipAsync(http.Caller(), new(connection, query, true), http.RequestAborted);
        return Schedule(http, changes, connection, query);
    }

    private static string Tag(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
}
