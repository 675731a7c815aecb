using Varve.Databases;
using Varve.Importing;
using Varve.Policies;
using Varve.Proposing;
using Varve.Server.Access;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>First policies: from what is in a table, and from what another tool was told. Nothing is stored here.</summary>
internal static class ProposalEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("policies");
        group.MapGet("/connections/{connection}/proposals", ProposeAsync).Needs(Role.Viewer).WithName("ProposePolicy");
        group.MapPost("/connections/{connection}/import", ImportAsync).Needs(Role.Viewer).WithName("ImportPolicies");
    }

    /// <summary>For one table with what a person decided already, or for all of them.</summary>
    private static Task<InitShape> ProposeAsync(
        HttpContext http,
        string connection,
        string? table,
        string? time,
        string? series,
        string? ttl,
        string? archive
    )
    {
        var choices = new ProposalChoices
        {
            Time = time,
            Series = series?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList(),
            Ttl = Ttl(ttl, series, archive),
            Archive = archive,
        };
        if (table is not null)
        {
            var name = TableName.Parse(table);
            return http.WithAsync(
                connection,
                async (lifecycle, token) => new InitShape([InitPolicy.Of(await lifecycle.ProposeAsync(name, choices, token), null)], [])
            );
        }

        if (choices != new ProposalChoices())
            throw new PolicyException(ServerCodes.BadRequest, "time, series, ttl and archive are about one table: say which, table=….");
        return http.WithLongAsync(
            connection,
            async (lifecycle, token) =>
            {
                var all = await lifecycle.ProposeAllAsync(token);
                return new InitShape(
                    [.. all.Select(p => p.Draft).OfType<PolicyDraft>().Select(d => InitPolicy.Of(d, null))],
                    [.. all.Where(p => p.Obstacle is not null).Select(InitLeft.Of)]
                );
            }
        );
    }

    /// <summary>From the text of a configuration, or from the rows that cratedb-toolkit keeps in the database.</summary>
    private static async Task<ImportShape> ImportAsync(HttpContext http, string connection, ImportBody body)
    {
        var request = new ImportRequest
        {
            Tool = body.Tool,
            Text = body.Text,
            Called = string.IsNullOrWhiteSpace(body.Called) ? "the text" : body.Called,
            Aggregation = body.Aggregation,
            Schema = Filled(body.Schema),
            Time = Filled(body.Time),
            Times = body.Times ?? new Dictionary<string, string>(),
            Series = Filled(body.Series),
            Value = Filled(body.Value),
            Table = Filled(body.Table) is { } table ? TableName.Parse(table) : null,
            Compare = body.Compare,
        };
        var database = http.Connection(connection);
        var imported = await database.ShortTurns.TakeAsync(
            () => ToolImport.ReadAsync(request, database.Setting.Url, input: null, http.RequestAborted),
            http.RequestAborted
        );
        return ImportShape.Of(imported, []);
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static Keep? Ttl(string? ttl, string? series, string? archive)
    {
        if (ttl is null)
            return archive is null
                ? null
                : throw new PolicyException(ServerCodes.BadRequest, "archive goes with ttl: rows are archived before they go.");
        if (series is not null)
            throw new PolicyException(ServerCodes.BadRequest, "ttl proposes no tier, so that series means nothing. Leave one of them out.");
        return Keep.TryParse(ttl, out var keep, out var error) ? keep : throw new PolicyException(ServerCodes.BadRequest, $"ttl: {error}");
    }
}
