using Varve.CrateDb.Partitions;
using Varve.Engines;
using Varve.Policies;
using Varve.Time;

namespace Varve.CrateDb;

/// <summary>A partition of a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Range">The times that its rows can have.</param>
/// <param name="Values">Its values.</param>
/// <param name="WasSealed">True where somebody else had closed it for writes already.</param>
internal sealed record CrateDbPart(TableName Table, TimeRange Range, IReadOnlyList<PartitionValue> Values, bool WasSealed) : TablePart(Table, Table, Range)
{
    /// <summary>False where a value is NULL, which ALTER TABLE … PARTITION cannot say.</summary>
    public bool CanBeSealed => Values.All(v => v.Value is not null);
}
