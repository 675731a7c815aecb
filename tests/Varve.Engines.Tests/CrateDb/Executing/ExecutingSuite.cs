using Varve.CrateDb.Http;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A stand-in that executes, with a client, for each test.</summary>
public abstract class ExecutingSuite : IAsyncLifetime
{
    private ExecutingCrate? _crate;
    private SqlSession? _session;

    internal ExecutingCrate Crate => _crate!;

    internal SqlSession Session => _session!;

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _crate = await ExecutingCrate.StartAsync();
        _session = Client().Session(new() { Tag = "tests" });
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_session is not null)
            await _session.DisposeAsync();
        if (_crate is not null)
            await _crate.DisposeAsync();
    }

    internal SqlClient Client() => SqlClient.Of(DatabaseUrl.Parse(Crate.Url), TextReader.Null);

    /// <summary>Statements as a user sends them, one after the other.</summary>
    internal async Task DoAsync(params IEnumerable<string> statements)
    {
        foreach (var statement in statements)
            await Crate.DoAsync(statement);
    }

    /// <summary>The first row as JSON.</summary>
    internal async Task<string> RowAsync(string query) => (await RowsAsync(query))[0];

    /// <summary>Every row as JSON.</summary>
    internal async Task<IReadOnlyList<string>> RowsAsync(string query)
    {
        using var json = System.Text.Json.JsonDocument.Parse((await Crate.DoAsync(query)).Body);
        return [.. json.RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetRawText())];
    }

    /// <summary>How many rows were written.</summary>
    internal async Task<long> CountAsync(string statement)
    {
        using var json = System.Text.Json.JsonDocument.Parse((await Crate.DoAsync(statement)).Body);
        return json.RootElement.GetProperty("rowcount").GetInt64();
    }

    /// <summary>The code with which a statement is refused.</summary>
    internal async Task<int> RefusedAsync(string statement) => (await Assert.ThrowsAsync<CrateError>(() => Crate.DoAsync(statement))).Code;
}
