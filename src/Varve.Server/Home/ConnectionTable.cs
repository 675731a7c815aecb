using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Connections;

namespace Varve.Server.Home;

/// <summary>Connections that were saved in a home. Their URLs say where a password is, and never have one.</summary>
internal sealed class ConnectionTable(HomeDatabase home)
{
    public async Task<IReadOnlyList<ConnectionSetting>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await home.QueryAsync($"SELECT name, url, tenant, at_once FROM {HomeTables.Connections} ORDER BY name", cancellationToken))
            .Select(r => new ConnectionSetting(r.Text(0), DatabaseUrl.Parse(r.Text(1)), r.Text(2), (int)r.Long(3), ConnectionSetting.Home)),
    ];

    public Task AddAsync(ConnectionSetting setting, Caller caller, CancellationToken cancellationToken) => home.ExecuteAsync(
        $"""
        INSERT INTO {HomeTables.Connections} (name, url, tenant, at_once, created_us, created_by)
        VALUES ({setting.Name}, {setting.Url.ToString()}, {setting.Tenant}, {(long)setting.AtOnce}, {HomeTime.From(home.Now())}, {caller.Subject})
        """,
        cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        home.ExecuteAsync($"DELETE FROM {HomeTables.Connections} WHERE name = {name}", cancellationToken);
}
