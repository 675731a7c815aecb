using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>
/// A log: entries, and what stands for those that were removed. Every row is written once and looked up by its whole key, so
/// that nothing has to be refreshed; only what points to the base is changed, by compare-and-set.
/// </summary>
internal sealed class LogShapes(string schema)
{
    private const string Current = "current";

    private readonly TableName _entries = new(schema, "log_entries");
    private readonly TableName _bases = new(schema, "log_bases");
    private readonly TableName _parts = new(schema, "log_parts");

    /// <summary>Makes the tables where they are not there yet. Texts above 32,766 bytes need neither index nor column store.</summary>
    public IReadOnlyList<SqlText> Create =>
        [
            $"""
                CREATE TABLE IF NOT EXISTS {_entries} (number BIGINT PRIMARY KEY, id TEXT NOT NULL, follows TEXT NOT NULL, body TEXT INDEX OFF STORAGE WITH (columnstore = false))
                CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1')
                """,
            $"""
                CREATE TABLE IF NOT EXISTS {_bases} (place TEXT PRIMARY KEY, name TEXT NOT NULL, number BIGINT NOT NULL, entry TEXT NOT NULL, parts BIGINT NOT NULL)
                CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1')
                """,
            $"""
                CREATE TABLE IF NOT EXISTS {_parts} (name TEXT, part BIGINT, body TEXT INDEX OFF STORAGE WITH (columnstore = false), PRIMARY KEY (name, part))
                CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1')
                """,
        ];

    /// <summary>An entry without its body, and those behind it with theirs; in no order.</summary>
    public SqlText Read(long number, int most) =>
        $"""
            SELECT number, id, follows, CASE WHEN number > {number} THEN body END FROM {_entries}
            WHERE number IN ({SqlText.Join(", ", Enumerable.Range(0, most + 1).Select(i => (SqlText)$"{number + i}"))})
            """;

    /// <summary>A new entry; an error where its number is taken.</summary>
    public SqlText Append(LogEntry entry) =>
        $"INSERT INTO {_entries} (number, id, follows, body) VALUES ({entry.Number}, {entry.Id}, {entry.Follows}, {entry.Body})";

    /// <summary>Name, number, entry and parts of the base in force, and the version of the row.</summary>
    public SqlText ReadBase => $"SELECT name, number, entry, parts, \"_seq_no\", \"_primary_term\" FROM {_bases} WHERE place = {Current}";

    /// <summary>The first base; an error where there is one.</summary>
    public SqlText FirstBase(LogBase first) =>
        $"INSERT INTO {_bases} (place, name, number, entry, parts) VALUES ({Current}, {first.Name}, {first.Number}, {first.EntryId}, {(long)first.Parts})";

    /// <summary>Another base, where that one is in force still.</summary>
    public SqlText NextBase(LogBase next, RowVersion version) =>
        $"""
            UPDATE {_bases} SET name = {next.Name}, number = {next.Number}, entry = {next.EntryId}, parts = {(long)next.Parts}
            WHERE place = {Current} AND "_seq_no" = {version.Sequence} AND "_primary_term" = {version.Term}
            """;

    /// <summary>The body of a part.</summary>
    public SqlText Part(string name, int part) => $"SELECT body FROM {_parts} WHERE name = {name} AND part = {(long)part}";

    /// <summary>A new part.</summary>
    public SqlText AddPart(string name, int part, string body) =>
        $"INSERT INTO {_parts} (name, part, body) VALUES ({name}, {(long)part}, {body})";

    /// <summary>Makes every entry and part visible to what removes them.</summary>
    public SqlText Refresh => $"REFRESH TABLE {_entries}, {_parts}";

    /// <summary>Entries that a base holds.</summary>
    public SqlText Trim(long number) => $"DELETE FROM {_entries} WHERE number < {number}";

    /// <summary>Parts of a base.</summary>
    public SqlText Remove(string name) => $"DELETE FROM {_parts} WHERE name = {name}";

    /// <summary>Parts that were written before a name could be given, of bases that never came into force.</summary>
    public SqlText RemoveOlder(string name, string current) => $"DELETE FROM {_parts} WHERE name < {name} AND name <> {current}";
}
