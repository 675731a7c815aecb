using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines;

/// <summary>One look at a relation, as a unit of work of its own.</summary>
internal static class Look
{
    /// <summary>A table or view as it stands; null where there is none.</summary>
    public static Task<TableDescription?> DescribeAsync(IEngine engine, TableName table, CancellationToken cancellationToken) =>
        engine.TransactAsync((s, token) => s.DescribeAsync(table, token), Scope.Reading, cancellationToken);
}
