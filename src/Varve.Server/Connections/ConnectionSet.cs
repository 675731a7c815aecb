using System.Collections.Concurrent;
using Varve.Databases;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Connections;

/// <summary>The databases that a server keeps tables in: those that are declared, and those that were saved in its home.</summary>
internal sealed class ConnectionSet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServerConnection> _all = new(StringComparer.Ordinal);
    private readonly ConnectionTable _table;
    private readonly LifecycleOptions _options;

    private ConnectionSet(ConnectionTable table, LifecycleOptions options) => (_table, _options) = (table, options);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<ServerConnection> All => [.. _all.Values.OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>Declared ones come before one of the same name that was saved.</summary>
    public static async Task<ConnectionSet> OpenAsync(HomeDatabase home, IReadOnlyList<ConnectionSetting> declared, LifecycleOptions options, CancellationToken cancellationToken)
    {
        var set = new ConnectionSet(new(home), options);
        foreach (var setting in declared.Concat(await set._table.ListAsync(cancellationToken))) set._all.TryAdd(setting.Name, new(setting, options));
        return set;
    }

    /// <summary>Those that a caller may know of.</summary>
    public IReadOnlyList<ServerConnection> Of(Caller caller) => [.. All.Where(c => caller.Sees(c.Setting.Tenant))];

    /// <summary>One by name; null where there is none that the caller may know of.</summary>
    public ServerConnection? Find(Caller caller, string name) =>
        _all.TryGetValue(name, out var found) && caller.Sees(found.Setting.Tenant) ? found : null;

    /// <summary>Opens a database to see that it can be kept; what it is.</summary>
    public async Task<string> TryAsync(DatabaseUrl url, CancellationToken cancellationToken)
    {
        await using var database = await Task.Run(() => DatabaseOpening.Open(url, readOnly: true, create: false), cancellationToken);
        var tables = await new Lifecycle(database, _options).TablesAsync(cancellationToken);
        return FormattableString.Invariant($"{database.Name}, {tables.Count} {(tables.Count == 1 ? "table" : "tables")}");
    }

    /// <summary>Saves a database that was tried.</summary>
    /// <exception cref="PolicyException">The name is taken.</exception>
    public async Task<ServerConnection> AddAsync(ConnectionSetting setting, Caller caller, CancellationToken cancellationToken)
    {
        var connection = new ServerConnection(setting, _options);
        if (!_all.TryAdd(setting.Name, connection))
        {
            await connection.DisposeAsync();
            throw new PolicyException(ServerCodes.BadConnection, $"There is a connection {setting.Name} already. Give this one another name.");
        }

        await _table.AddAsync(setting, caller, cancellationToken);
        return connection;
    }

    /// <summary>Forgets a saved database; nothing in it is touched.</summary>
    /// <exception cref="PolicyException">It is declared elsewhere.</exception>
    public async Task RemoveAsync(ServerConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Setting.Source != ConnectionSetting.Home)
            throw new PolicyException(ServerCodes.BadConnection, $"{connection.Name} is declared by {connection.Setting.Source}: take it out there, and start the server again.");
        await _table.RemoveAsync(connection.Name, cancellationToken);
        if (_all.TryRemove(connection.Name, out var removed)) await removed.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _all.Values) await connection.DisposeAsync();
    }
}
