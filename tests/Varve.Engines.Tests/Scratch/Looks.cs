using Varve.Engines;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Scratch;

/// <summary>One look at a relation, as a test takes it.</summary>
public static class Looks
{
    public static Task<TableDescription?> DescribeAsync(this IEngine engine, TableName table, CancellationToken cancellationToken) =>
        engine.TransactAsync((s, token) => s.DescribeAsync(table, token), Scope.Reading, cancellationToken);

    public static Task<IReadOnlyList<RelationSize>> MeasureAsync(
        this IEngine engine,
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    ) => engine.TransactAsync((s, token) => s.MeasureAsync(tables, withBytes, token), Scope.Reading, cancellationToken);
}
