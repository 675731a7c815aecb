using Varve.CrateDb.Statements;
using Varve.Engines;

namespace Varve.CrateDb;

/// <summary>A lease as it stands.</summary>
/// <param name="Holder">Who has it: the engine, and which of its leases.</param>
/// <param name="Fence">Its number.</param>
/// <param name="Until">When it ends, in milliseconds of the cluster's clock.</param>
/// <param name="Now">The cluster's clock.</param>
/// <param name="Version">What a change of it must name.</param>
internal sealed record LeaseRow(string Holder, long Fence, long Until, long Now, RowVersion Version)
{
    /// <summary>What the statements of the engine that has it begin with.</summary>
    public string Tag => Holder.Split('.')[0];

    /// <summary>A holder that nobody else is: who finds it in the row took it, although the answer was lost.</summary>
    public static string NewHolder(string tag) => $"{tag}.{Guid.CreateVersion7():N}";

    /// <summary>From an answer to <see cref="LeaseShapes.Read"/>.</summary>
    public static LeaseRow Of(Row row) => new(row.Text(0), row.Long(1), row.Long(2), row.Long(3), new(row.Long(4), row.Long(5)));
}
