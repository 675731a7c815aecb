using Npgsql;
using Varve.Engines;

namespace Varve.Benchmarks;

/// <summary>Databases of a server, made of others; one is there when all of it was made.</summary>
internal sealed class PostgreSqlCopies(string server)
{
    /// <summary>Makes a database where there is none of that name.</summary>
    public async Task MakeAsync(string name, Func<string, Task> fill, string template = "template0")
    {
        await using var admin = Connect(server);
        await using (var find = admin.CreateCommand("SELECT count(*) FROM pg_database WHERE datname = $1"))
        {
            find.Parameters.Add(new() { Value = name });
            if ((long)(await find.ExecuteScalarAsync())! > 0)
                return;
        }

        var half = $"{name}_half";
        await DropAsync(half);
        await DoAsync(admin, $"CREATE DATABASE {half} TEMPLATE {template}");
        await DoAsync(admin, "CHECKPOINT");
        await fill(UrlOf(half));
        await DoAsync(admin, $"ALTER DATABASE {half} RENAME TO {name}");
    }

    public async Task DropAsync(string name)
    {
        await using var admin = Connect(server);
        await DoAsync(admin, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    /// <summary>Connections to a URL, as a script makes them.</summary>
    public static NpgsqlDataSource Connect(string url)
    {
        var parsed = DatabaseUrl.Parse(url);
        return NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder
            {
                Host = parsed.Hosts[0].Name,
                Port = parsed.Hosts[0].Port,
                Username = parsed.User,
                Database = parsed.Database,
                CommandTimeout = 0,
                Pooling = false,
            }
        );
    }

    private string UrlOf(string name) => server[..(server.LastIndexOf('/') + 1)] + name;

    private static async Task DoAsync(NpgsqlDataSource admin, string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
