using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>Leases: one row for each policy, changed by compare-and-set, counted by the cluster's clock.</summary>
internal static class LeaseShapes
{
    private static readonly TableName s_table = new("varve", "locks");

    /// <summary>Makes the table where it is not there yet.</summary>
    public static SqlText Create =>
        $"""
            CREATE TABLE IF NOT EXISTS {s_table} (policy TEXT PRIMARY KEY, holder TEXT NOT NULL, fence BIGINT NOT NULL, until TIMESTAMP WITH TIME ZONE NOT NULL)
            CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1')
            """;

    /// <summary>Holder, number, end and now in milliseconds, and the version of the row.</summary>
    public static SqlText Read(string policy) =>
        $"SELECT holder, fence, until::BIGINT, now()::BIGINT, \"_seq_no\", \"_primary_term\" FROM {s_table} WHERE policy = {policy}";

    /// <summary>The first lease of a policy; an error where there was one.</summary>
    public static SqlText Insert(string policy, string holder, long milliseconds) =>
        $"INSERT INTO {s_table} (policy, holder, fence, until) VALUES ({policy}, {holder}, 1, {RowShapes.Later(milliseconds)}) RETURNING \"_seq_no\", \"_primary_term\"";

    /// <summary>Takes, renews or ends it, where nobody did since it was read.</summary>
    public static SqlText Take(string policy, string holder, long fence, long milliseconds, RowVersion version) =>
        $"""
            UPDATE {s_table} SET holder = {holder}, fence = {fence}, until = {RowShapes.Later(milliseconds)}
            WHERE policy = {policy} AND "_seq_no" = {version.Sequence} AND "_primary_term" = {version.Term} RETURNING "_seq_no", "_primary_term"
            """;
}
