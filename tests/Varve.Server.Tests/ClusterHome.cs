using Varve.CrateDb;
using Varve.Engines;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Policies;
using Varve.Server.Home;

namespace Varve.Server.Tests;

/// <summary>An empty home in a schema of its own of a CrateDB cluster, or on the stand-in that executes statements.</summary>
internal sealed class ClusterHome : IAsyncDisposable
{
    private static int s_made;

    private ClusterHome(string url, ExecutingCrate? standIn) => (Url, StandIn) = (url, standIn);

    internal string Url { get; }

    /// <summary>The stand-in; null where a cluster was named.</summary>
    internal ExecutingCrate? StandIn { get; }

    internal static ClusterHome New()
    {
        if (Environment.GetEnvironmentVariable("VARVE_TEST_CRATEDB") is not { Length: > 0 } url)
        {
            var standIn = Task.Run(() => ExecutingCrate.StartAsync()).GetAwaiter().GetResult();
            return new(standIn.Url, standIn);
        }

        var schema = FormattableString.Invariant($"varve_home_{Environment.ProcessId}_{Interlocked.Increment(ref s_made)}");
        return new(
            new UriBuilder(url) { Path = schema }
                .Uri
                .OriginalString,
            null
        );
    }

    /// <summary>Every table of two homes is the same, row by row.</summary>
    internal static async Task SameAsync(HomeDatabase one, HomeDatabase other)
    {
        foreach (var table in HomeTables.Keys.Keys)
            Assert.Equal(await RowsAsync(one, table), await RowsAsync(other, table));
    }

    public async ValueTask DisposeAsync()
    {
        if (StandIn is not null)
        {
            await StandIn.DisposeAsync();
            return;
        }

        var url = DatabaseUrl.Parse(Url);
        await using var cluster = await CrateDbDatabase.OpenAsync(url);
        foreach (var table in new[] { "log_entries", "log_bases", "log_parts" })
            await cluster.Engine.TransactAsync(
                (s, token) => s.ExecuteAsync($"DROP TABLE IF EXISTS {new TableName(url.Database, table)}", token),
                Scope.Writing,
                default
            );
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(HomeDatabase home, TableName table) =>
        [
            .. (await home.QueryAsync($"SELECT CAST(t AS VARCHAR) FROM {table} AS t", default))
                .Select(r => r.Text(0))
                .Order(StringComparer.Ordinal),
        ];
}
