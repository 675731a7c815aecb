using Npgsql;

namespace Varve.Engines.Tests.Scratch;

/// <summary>The server that VARVE_TEST_POSTGRESQL names.</summary>
public static partial class PostgreSqlServer
{
    /// <summary>The URL of a database in which others can be made; null where no server is named.</summary>
    public static string? Url { get; } = Environment.GetEnvironmentVariable("VARVE_TEST_POSTGRESQL") is { Length: > 0 } url ? url : null;

    /// <summary>Without a server the test is skipped, and where it runs for a change that lands it fails.</summary>
    public static void Require()
    {
        if (Url is not null)
            return;
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            Assert.Fail("VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
        Assert.Skip("VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
    }

    /// <summary>How users connect to a database of the server.</summary>
    internal static string Text(DatabaseUrl url, string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = url.Hosts[0].Name,
            Port = url.Hosts[0].Port,
            Username = url.User,
            Password = url.ResolvePassword(),
            Database = database,
            Timezone = "UTC",
            NoResetOnClose = true,
        }.ConnectionString;
}
