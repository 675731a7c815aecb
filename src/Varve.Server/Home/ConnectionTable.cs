using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Connections;

namespace Varve.Server.Home;

/// <summary>Connections that were saved in a home. Their URLs say where a password is, and never have one.</summary>
internal sealed class ConnectionTable(HomeDatabase home)
{
    public async Task<IReadOnlyList<ConnectionSetting>> ListAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await home.QueryAsync($"SELECT name, url, tenant, at_once FROM {HomeTables.Connections} ORDER BY name", cancellationToken)
            ).Select(r => new ConnectionSetting(
                r.Text(0),
                DatabaseUrl.Parse(r.Text(1)),
                r.Text(2),
                (int)r.Long(3),
                ConnectionSetting.Home
            )),
        ];

    /// <exception cref="PolicyException">Another server saved one of that name.</exception>
    public Task AddAsync(ConnectionSetting setting, Caller caller, CancellationToken cancellationToken) =>
        home.AloneAsync(
            async (statements, token) =>
            {
                if (
                    (await statements.QueryAsync($"SELECT count(*) FROM {HomeTables.Connections} WHERE name = {setting.Name}", token))[0]
                        .Long(0) > 0
                )
                    throw new PolicyException(
                        ServerCodes.BadConnection,
                        $"There is a connection {setting.Name} already. Give this one another name."
                    );
                return await statements.ExecuteAsync(
                    $"""
                    INSERT INTO {HomeTables.Connections} (name, url, tenant, at_once, created_us, created_by)
                    VALUES ({setting.Name}, {setting.Url.ToString()}, {setting.Tenant}, {(long)setting.AtOnce}, {HomeTime.From(
                        home.Now()
                    )}, {caller.Subject})
                    """,
                    token
                );
            },
            cancellationToken
        );

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        home.ExecuteAsync($"DELETE FROM {HomeTables.Connections} WHERE name = {name}", cancellationToken);
}
