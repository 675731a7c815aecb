using System.Globalization;
using Varve.CrateDb.Statements;
using Varve.Engines;

namespace Varve.CrateDb;

/// <summary>The repositories of a cluster, in which archives are kept as snapshots.</summary>
public static class CrateDbRepositories
{
    /// <summary>
    /// Makes one. Every node looks whether it can be used before the cluster says that it is there. Secrets are values beside
    /// the statement, so that the list of statements that the cluster keeps has none of them.
    /// </summary>
    /// <exception cref="ArgumentException">The database is not CrateDB's.</exception>
    /// <exception cref="EngineException">It cannot be made as it is said, there is one of that name, or a node cannot use it.</exception>
    public static async Task CreateAsync(Database database, CrateDbRepository repository, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var engine = Engine(database);
        if (repository.Objection() is { } objection)
            throw new EngineException(EngineCodes.ArchiveRefused, objection);
        if (engine.IsReadOnly)
            throw engine.ReadOnly();
        if ((await ListAsync(database, cancellationToken)).Any(r => r.Name == repository.Name))
            throw new EngineException(
                EngineCodes.NameTaken,
                $"{engine.DisplayName} has a repository {repository.Name} already. Use it, or choose another name."
            );
        var statement = SnapshotShapes.CreateRepository(
            repository.Name,
            Enum.Parse<RepositoryType>(repository.Type, ignoreCase: true),
            [.. repository.Settings, .. repository.Secrets]
        );
        await using var borrowed = engine.Borrow();
        await borrowed.Session.ExecuteAsync(statement, [.. repository.Secrets.Values], cancellationToken);
    }

    /// <summary>Those that there are, secrets masked.</summary>
    /// <exception cref="ArgumentException">The database is not CrateDB's.</exception>
    public static async Task<IReadOnlyList<CrateDbRepositoryState>> ListAsync(
        Database database,
        CancellationToken cancellationToken = default
    )
    {
        await using var borrowed = Engine(database).Borrow();
        return
        [
            .. (await borrowed.Session.QueryAsync(SnapshotShapes.Repositories(), cancellationToken)).Rows.Select(
                r => new CrateDbRepositoryState(r.Text(0), r.Text(1), Settings(r[2]))
            ),
        ];
    }

    // Also where a cluster does not mask a secret, it is not shown.
    private static Dictionary<string, string> Settings(object? settings) =>
        settings is IReadOnlyDictionary<string, object?> all
            ? all.ToDictionary(
                s => s.Key,
                s => CrateDbRepository.IsSecret(s.Key) ? "***" : Convert.ToString(s.Value, CultureInfo.InvariantCulture) ?? "",
                StringComparer.Ordinal
            )
            : [];

    private static CrateDbEngine Engine(Database database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Engine as CrateDbEngine
            ?? throw new ArgumentException($"{database.Name} is not a CrateDB cluster.", nameof(database));
    }
}
