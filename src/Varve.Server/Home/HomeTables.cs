using Varve.Policies;

namespace Varve.Server.Home;

/// <summary>The tables of a server's home.</summary>
internal static class HomeTables
{
    /// <summary>How many rows a statement writes at most: each has up to sixteen parameters, and engines take so many only.</summary>
    internal const int MostRows = 200;

    internal const string Schema = "varve_home";

    internal static TableName Meta { get; } = new(Schema, "meta");

    internal static TableName Tokens { get; } = new(Schema, "tokens");

    internal static TableName Schedules { get; } = new(Schema, "schedules");

    internal static TableName Runs { get; } = new(Schema, "runs");

    internal static TableName IdempotencyKeys { get; } = new(Schema, "idempotency_keys");

    internal static TableName Audit { get; } = new(Schema, "audit");

    internal static TableName Queries { get; } = new(Schema, "queries");

    internal static TableName Backfills { get; } = new(Schema, "backfills");

    internal static TableName Deliveries { get; } = new(Schema, "deliveries");

    internal static TableName Lead { get; } = new(Schema, "lead");

    internal static TableName FormKeys { get; } = new(Schema, "form_keys");

    internal static TableName Removed { get; } = new(Schema, "removed_rows");

    internal static TableName Connections { get; } = new(Schema, "connections");

    /// <summary>By which columns the rows of each table are told apart; none: it has one row. They never change.</summary>
    internal static IReadOnlyDictionary<TableName, string[]> Keys { get; } =
        new Dictionary<TableName, string[]>
        {
            [Meta] = ["name"],
            [Tokens] = ["id"],
            [Schedules] = ["connection", "policy", "is_query"],
            [Runs] = ["id"],
            [IdempotencyKeys] = ["tenant", "idempotency_key"],
            [Audit] = ["seq"],
            [Queries] = ["connection", "name", "revision"],
            [Backfills] = ["id"],
            [Deliveries] = ["id"],
            [Lead] = [],
            [FormKeys] = ["id"],
            [Removed] = ["run", "day_us"],
            [Connections] = ["name"],
        };
}
