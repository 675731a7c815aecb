namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A shard of a table or partition: one primary, and replicas that follow it.</summary>
/// <param name="id">Its number.</param>
/// <param name="node">The node of the primary.</param>
internal sealed class CrateShard(int id, string node)
{
    internal int Id => id;

    /// <summary>Where the primary is.</summary>
    internal string Node { get; set; } = node;

    /// <summary>Where it is going; null where it stays.</summary>
    internal string? Target { get; set; }

    /// <summary>How often it is looked at before it has arrived.</summary>
    internal int LooksLeft { get; set; }

    /// <summary>The number of the last change; −1 before the first.</summary>
    internal long Sequence { get; set; } = -1;

    /// <summary>No live copy is there.</summary>
    internal bool IsLost { get; set; }

    /// <summary>The node that took the only copy with it; null where the copy is there, or was lost in another way.</summary>
    internal string? LostWith { get; set; }
}
