using Varve.CrateDb.Partitions;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>Statements about snapshots and repositories.</summary>
internal static class SnapshotShapes
{
    /// <summary>
    /// Begins a snapshot of partitions and does not wait: it is looked at until it has ended, because one that is not whole answers no
    /// error.
    /// </summary>
    public static SqlText Begin(string repository, string name, TableName table, IReadOnlyList<IReadOnlyList<PartitionValue>> partitions) =>
        $"""
            CREATE SNAPSHOT {new Identifier(repository)}.{new Identifier(name)} TABLE {Tables(table, partitions)}
            WITH (wait_for_completion = false)
            """;

    /// <summary>How far a snapshot is. Of one repository by name: any other question reads every repository.</summary>
    public static SqlText State(string repository, string name) =>
        $"""
            SELECT state, failures, reason, total_shards, table_partitions, tables FROM sys.snapshots
            WHERE repository = {repository} AND name = {name}
            """;

    /// <summary>Removes a snapshot, or ends one that is being taken.</summary>
    public static SqlText Drop(string repository, string name) => $"DROP SNAPSHOT {new Identifier(repository)}.{new Identifier(name)}";

    /// <summary>Brings partitions back under another name, beside the table.</summary>
    public static SqlText RestoreBeside(
        string repository,
        string name,
        TableName table,
        IReadOnlyList<IReadOnlyList<PartitionValue>> partitions,
        string beside
    ) =>
        $"""
            RESTORE SNAPSHOT {new Identifier(repository)}.{new Identifier(name)} TABLE {Tables(table, partitions)}
            WITH (wait_for_completion = true, table_rename_pattern = {Exactly(table.Name)}, table_rename_replacement = {Plainly(beside)})
            """;

    /// <summary>Brings partitions back into their own table.</summary>
    public static SqlText Restore(
        string repository,
        string name,
        TableName table,
        IReadOnlyList<IReadOnlyList<PartitionValue>> partitions
    ) =>
        $"RESTORE SNAPSHOT {new Identifier(repository)}.{new Identifier(name)} TABLE {Tables(table, partitions)} WITH "
        + $"(wait_for_completion = true)";

    /// <summary>The repositories, secrets masked by the server.</summary>
    public static SqlText Repositories() => $"SELECT name, type, settings FROM sys.repositories ORDER BY name";

    /// <summary>A repository with its settings; those whose names say so are secrets of this statement.</summary>
    public static SqlText CreateRepository(string name, RepositoryType type, IReadOnlyList<KeyValuePair<string, string>> settings)
    {
        var with = SqlText.Join(", ", settings.Select(s => (SqlText)$"{new Identifier(s.Key)} = {s.Value}"));
        SqlText of = type switch
        {
            RepositoryType.S3 => $"s3",
            RepositoryType.Azure => $"azure",
            RepositoryType.Gcs => $"gcs",
            _ => $"fs",
        };
        return $"CREATE REPOSITORY {new Identifier(name)} TYPE {of} WITH ({with})";
    }

    // A pattern is a regular expression; what has a meaning in one gets a backslash.
    private static string Exactly(string name) => $"^{System.Text.RegularExpressions.Regex.Escape(name)}$";

    // What stands for it may name groups of the pattern.
    private static string Plainly(string name) =>
        name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal);

    private static SqlText Tables(TableName table, IReadOnlyList<IReadOnlyList<PartitionValue>> partitions) =>
        partitions.Count == 0
            ? $"{table}"
            : SqlText.Join(", ", partitions.Select(p => (SqlText)$"{table} PARTITION ({PartitionShapes.Named(p)})"));
}

/// <summary>Where a repository is.</summary>
internal enum RepositoryType
{
    /// <summary>A folder that every node has.</summary>
    Fs,

    /// <summary>S3, or what speaks its protocol.</summary>
    S3,

    /// <summary>Azure.</summary>
    Azure,

    /// <summary>Google.</summary>
    Gcs,
}
