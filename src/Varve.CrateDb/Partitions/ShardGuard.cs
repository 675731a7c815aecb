using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.CrateDb.Partitions;

/// <summary>
/// Whether everything of a table can be read. A read of a partition without a live primary answers with what is left, and so
/// would a proof, so that this is asked before and after each statement that computes, proves or removes.
/// </summary>
internal static class ShardGuard
{
    /// <summary>The partitions that are not whole: how many shards of how many are there.</summary>
    public static async Task<IReadOnlyList<MissingShards>> MissingAsync(
        SqlSession session,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        var answer = await session.QueryAsync(CatalogShapes.MissingShards(table), cancellationToken);
        return [.. answer.Rows.Select(Read)];
    }

    /// <summary>The same of several tables, with one question.</summary>
    /// <exception cref="EngineException">Not all of them can be read.</exception>
    public static async Task RequireAsync(SqlSession session, IReadOnlyList<TableName> tables, CancellationToken cancellationToken)
    {
        if (tables is [var only])
        {
            await RequireAsync(session, only, null, cancellationToken);
            return;
        }

        var rows = (await session.QueryAsync(CatalogShapes.MissingShards(tables), cancellationToken)).Rows;
        if (rows.Count == 0)
            return;
        var first = new TableName(rows[0].Text(4), rows[0].Text(5));
        Refuse(first, [.. rows.Where(r => r.Text(4) == first.Schema && r.Text(5) == first.Name).Select(Read)]);
    }

    /// <summary>Throws where some of the partitions that a step touches are not whole.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="table">The table.</param>
    /// <param name="touched">The partitions by their idents; null: all of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EngineException">Not all of them can be read; it is worth waiting, unless one is closed.</exception>
    public static async Task RequireAsync(
        SqlSession session,
        TableName table,
        IReadOnlySet<string>? touched,
        CancellationToken cancellationToken
    )
    {
        var missing = (await MissingAsync(session, table, cancellationToken))
            .Where(m => touched is null || touched.Contains(m.Ident))
            .ToList();
        Require(table, missing);
    }

    /// <summary>Throws where something of a table is missing.</summary>
    /// <exception cref="EngineException">Not all of it can be read; it is worth waiting, unless a partition is closed.</exception>
    public static void Require(TableName table, List<MissingShards> missing)
    {
        if (missing.Count > 0)
            Refuse(table, missing);
    }

    private static MissingShards Read(Row row) => new(row.TextOrNull(0) ?? "", row.Long(1), row.Long(2), row[3] is true);

    private static void Refuse(TableName table, List<MissingShards> missing)
    {
        var closed = missing.Find(m => m.IsClosed);
        throw closed is not null
            ? new EngineException(
                ServerCodes.Blocked,
                $"{table.Text}: partition {closed.Ident} is closed, and left out of every answer. Open it: ALTER TABLE … OPEN."
            )
            : new EngineException(
                ServerCodes.NotReady,
                $"{table.Text}: {string.Join(", ", missing.Take(3).Select(m => m.Text))}"
                    + $"{(missing.Count > 3 ? $" and {missing.Count - 3} more" : "")}. "
                    + "A read now would leave rows out without a word, so nothing is computed or removed until the shards are back.",
                isTransient: true
            );
    }
}

/// <summary>A partition that is not whole.</summary>
/// <param name="Ident">Which; empty for a table without partitions.</param>
/// <param name="Expected">How many primary shards it has.</param>
/// <param name="Started">How many are there.</param>
/// <param name="IsClosed">True: somebody closed it.</param>
internal sealed record MissingShards(string Ident, long Expected, long Started, bool IsClosed)
{
    /// <summary>For people.</summary>
    public string Text => $"{(Ident.Length == 0 ? "the table" : $"partition {Ident}")} has {Started} of {Expected} primary shards";
}
