using System.Text.Json;
using Varve.CrateDb.Http;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// The cluster that VARVE_TEST_CRATEDB names, for one test after the other: whatever tables it has are dropped before each
/// and after it.
/// </summary>
internal sealed class RealCrate : ICrateServer
{
    private static readonly SemaphoreSlim s_turn = new(1, 1);

    private static readonly string[] s_schemas =
    [
        "m\".",
        "M\".",
        "m m\".",
        "varve",
        "other\".",
        "k\".",
        "n\".",
        "s ",
        "ext\".",
        "elsewhere\".",
        "crate\".",
    ];

    private static bool s_isOurs;

    private readonly CrateDbOptions _options;
    private OneConnection _connection;

    private RealCrate(string url)
    {
        Url = url;
        _options = CrateDbUrl.Read(DatabaseUrl.Parse(url), null, TimeProvider.System);
        _connection = new(_options.Hosts[0], _options);
    }

    /// <summary>The cluster's URL; null where none is named.</summary>
    internal static string? Named => Environment.GetEnvironmentVariable("VARVE_TEST_CRATEDB") is { Length: > 0 } url ? url : null;

    public string Url { get; }

    /// <summary>Waits until no other test has it, and empties it.</summary>
    internal static async Task<RealCrate> StartAsync(string url)
    {
        await s_turn.WaitAsync();
        try
        {
            RealCrate crate = new(url);
            await crate.RequireOursAsync();
            await crate.EmptyAsync();
            return crate;
        }
        catch
        {
            s_turn.Release();
            throw;
        }
    }

    public async Task<string> AnswerAsync(string statement)
    {
        // A schema of CrateDB is there when a table of it is.
        if (statement.TrimStart().StartsWith("CREATE SCHEMA", StringComparison.OrdinalIgnoreCase))
            return """{"cols":[],"col_types":[],"rows":[],"rowcount":1}""";
        var tables = await TablesAsync("BASE TABLE");
        if (tables.Count > 0)
            await SendAsync($"REFRESH TABLE {string.Join(", ", tables)}");
        return await SendAsync(statement);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EmptyAsync();
        }
        finally
        {
            _connection.Dispose();
            s_turn.Release();
        }
    }

    // A cluster that somebody works with is not emptied: what the tests make is in schemas of these names.
    private async Task RequireOursAsync()
    {
        if (s_isOurs)
            return;
        var others = (await TablesAsync("BASE TABLE"))
            .Where(t => !s_schemas.Any(s => t.StartsWith($"\"{s}", StringComparison.Ordinal)))
            .ToList();
        Assert.True(
            others.Count == 0,
            $"The cluster of VARVE_TEST_CRATEDB has tables that no test made, and would be emptied: {string.Join(", ", others.Take(5))}."
        );
        s_isOurs = true;
    }

    private async Task EmptyAsync()
    {
        foreach (var view in await TablesAsync("VIEW"))
            await SendAsync($"DROP VIEW {view}");
        foreach (var table in await TablesAsync("BASE TABLE"))
            await SendAsync($"DROP TABLE {table}");
    }

    private async Task<IReadOnlyList<string>> TablesAsync(string kind)
    {
        using var answer = JsonDocument.Parse(
            await SendAsync(
                $"""
                SELECT table_schema, table_name FROM information_schema.tables
                WHERE table_type = '{kind}' AND table_schema NOT IN ('information_schema', 'pg_catalog', 'sys', 'blob') ORDER BY 1, 2
                """
            )
        );
        return
        [
            .. answer
                .RootElement.GetProperty("rows")
                .EnumerateArray()
                .Select(r => $"{Quoted(r[0].GetString()!)}.{Quoted(r[1].GetString()!)}"),
        ];
    }

    private async Task<string> SendAsync(string statement)
    {
        using var response = await AskAsync(statement);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"The cluster refused a statement of the test: {statement}\n{body}");
    }

    // A node that was killed and started has ended its connections; of what did not leave nothing is done twice.
    private async Task<HttpResponseMessage> AskAsync(string statement)
    {
        for (var host = 0; ; host++)
        {
            var body = SqlBody.Of(statement, []);
            try
            {
                return await _connection.SendAsync(body, CancellationToken.None);
            }
            catch (Exception error)
                when (!body.HasLeft && host < _options.Hosts.Count && (NetworkErrors.IsGone(error) || NetworkErrors.IsNetwork(error)))
            {
                _connection.Dispose();
                _connection = new(_options.Hosts[host], _options);
            }
        }
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
