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
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<ConnectionSetting> _declared;

    private ConnectionSet(ConnectionTable table, IReadOnlyList<ConnectionSetting> declared, LifecycleOptions options) =>
        (_table, _declared, _options) = (table, declared, options);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<ServerConnection> All => [.. _all.Values.OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>Declared ones come before one of the same name that was saved.</summary>
    public static async Task<ConnectionSet> OpenAsync(
        HomeDatabase home,
        IReadOnlyList<ConnectionSetting> declared,
        LifecycleOptions options,
        CancellationToken cancellationToken
    )
    {
        var set = new ConnectionSet(new(home), declared, options);
        await set.SyncAsync(cancellationToken);
        return set;
    }

    /// <summary>What is declared from now on; <see cref="SyncAsync"/> takes it up.</summary>
    public void Declare(IReadOnlyList<ConnectionSetting> declared) => Volatile.Write(ref _declared, declared);

    /// <summary>Makes the set what is declared and saved now. What is under way on one that goes or changes ends on it.</summary>
    /// <returns>Those that came or changed, and the names of those that went.</returns>
    public async Task<(IReadOnlyList<ServerConnection> Come, IReadOnlyList<string> Gone)> SyncAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Dictionary<string, ConnectionSetting> wanted = new(StringComparer.Ordinal);
            foreach (var setting in _declared.Concat(await _table.ListAsync(cancellationToken)))
                wanted.TryAdd(setting.Name, setting);
            List<ServerConnection> come = [];
            List<ServerConnection> left = [];
            foreach (var setting in wanted.Values)
            {
                if (_all.TryGetValue(setting.Name, out var before) && before.Setting.IsSame(setting))
                    continue;
                if (before is not null)
                    left.Add(before);
                come.Add(_all[setting.Name] = new(setting, _options));
            }

            IReadOnlyList<string> gone = [.. _all.Keys.Where(k => !wanted.ContainsKey(k))];
            foreach (var name in gone)
            {
                if (_all.TryRemove(name, out var removed))
                    left.Add(removed);
            }

            foreach (var connection in left)
                await connection.DisposeAsync();
            return (come, gone);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Those that a caller may know of.</summary>
    public IReadOnlyList<ServerConnection> Of(Caller caller) => [.. All.Where(c => caller.Sees(c.Setting.Tenant))];

    /// <summary>One by name; null where there is none that the caller may know of.</summary>
    public ServerConnection? Find(Caller caller, string name) =>
        _all.TryGetValue(name, out var found) && caller.Sees(found.Setting.Tenant) ? found : null;

    /// <summary>Opens a database to see that it can be kept; what it is.</summary>
    public async Task<string> TryAsync(DatabaseUrl url, CancellationToken cancellationToken)
    {
        var opened = await Task.Run(
            () => OpenFiles.OfProcess.Open(url, () => DatabaseOpening.Open(url, readOnly: true, create: false)),
            cancellationToken
        );
        try
        {
            await using var database = opened;
            var tables = await new Lifecycle(database, _options).TablesAsync(cancellationToken);
            return FormattableString.Invariant($"{database.Name}, {tables.Count} {(tables.Count == 1 ? "table" : "tables")}");
        }
        finally
        {
            OpenFiles.OfProcess.Closed(url);
        }
    }

    /// <summary>Saves a database that was tried.</summary>
    /// <exception cref="PolicyException">The name is taken.</exception>
    public async Task<ServerConnection> AddAsync(ConnectionSetting setting, Caller caller, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_all.ContainsKey(setting.Name))
                throw new PolicyException(
                    ServerCodes.BadConnection,
                    $"There is a connection {setting.Name} already. Give this one another name."
                );
            await _table.AddAsync(setting, caller, cancellationToken);
            return _all[setting.Name] = new(setting, _options);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets a saved database; nothing in it is touched.</summary>
    /// <exception cref="PolicyException">It is declared elsewhere.</exception>
    public async Task RemoveAsync(ServerConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Setting.Source != ConnectionSetting.Home)
            throw new PolicyException(
                ServerCodes.BadConnection,
                $"{connection.Name} is declared by {connection.Setting.Source}: take it out there, and start the server again."
            );
        await _table.RemoveAsync(connection.Name, cancellationToken);
        if (_all.TryRemove(connection.Name, out var removed))
            await removed.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _all.Values)
            await connection.DisposeAsync();
    }
}
