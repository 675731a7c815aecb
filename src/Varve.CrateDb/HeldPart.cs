using Varve.CrateDb.Partitions;
using Varve.Policies;

namespace Varve.CrateDb;

/// <summary>A partition that was looked at, by the name that its mark gives it.</summary>
/// <param name="Table">The table.</param>
/// <param name="Values">Its values.</param>
/// <param name="WasSealed">True where somebody else had closed it for writes already.</param>
internal sealed record HeldPart(TableName Table, IReadOnlyList<PartitionValue> Values, bool WasSealed)
{
    /// <summary>False where a value is NULL, which ALTER TABLE … PARTITION cannot say.</summary>
    public bool CanBeSealed => Values.All(v => v.Value is not null);
}
