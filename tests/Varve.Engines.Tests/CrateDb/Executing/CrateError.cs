namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>An error as CrateDB gives it: status, code, and its message with the name of the exception.</summary>
internal sealed class CrateError(int http, int code, string message) : Exception(message)
{
    internal int Http => http;

    internal int Code => code;

    internal Reply Reply => Reply.Error(http, code, Message);

    internal static CrateError Syntax(string at) =>
        new(400, 4000, $"ParsingException[line 1:1: mismatched input '{at}' expecting {{<EOF>, 'SELECT'}}]");

    internal static CrateError Parse(string text) => new(400, 4000, $"SQLParseException[{text}]");

    internal static CrateError Unsupported(string text) => new(400, 4004, $"UnsupportedFeatureException[{text}]");

    internal static CrateError UnknownTable(string schema, string name) =>
        new(404, 4041, $"RelationUnknown[Relation '{schema}.{name}' unknown]");

    internal static CrateError UnknownSchema(string schema) => new(404, 4045, $"SchemaUnknownException[Schema '{schema}' unknown]");

    internal static CrateError UnknownColumn(string column) => new(404, 4043, $"ColumnUnknownException[Column {column} unknown]");

    internal static CrateError UnknownPartition(string schema, string name, string ident) =>
        new(404, 4046, $"PartitionUnknownException[No partition for table '{schema}.{name}' with ident '{ident}' exists]");

    internal static CrateError Exists(string schema, string name) =>
        new(409, 4093, $"RelationAlreadyExists[Relation '{schema}.{name}' already exists.]");

    internal static CrateError Duplicate() => new(409, 4091, "DuplicateKeyException[A document with the same primary key exists already]");

    internal static CrateError Blocked() =>
        new(403, 4035, "ClusterBlockException[blocked by: [RELATION_READ_AND_DDL_ONLY/8/index write (api)];]");

    internal static CrateError Unavailable(string schema, string name, int shard) =>
        new(500, 5002, $"UnavailableShardsException[[{schema}.{name}] shard {shard} is not available]");

    internal static CrateError Killed() => new(500, 5005, "JobKilledException[Job killed. KILL invoked by user: crate]");
}
