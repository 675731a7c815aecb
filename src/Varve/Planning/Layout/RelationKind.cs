namespace Varve.Planning;

/// <summary>What a relation is.</summary>
public enum RelationKind
{
    /// <summary>A table whose rows are kept and removed.</summary>
    Table,

    /// <summary>A query with a name, on an engine that rolls up tables only.</summary>
    View,

    /// <summary>A query with a name, which can be rolled up.</summary>
    ReadableView,

    /// <summary>A query whose rows were stored, and are replaced as a whole.</summary>
    MaterializedView,

    /// <summary>A table whose rows lie elsewhere.</summary>
    ForeignTable,

    /// <summary>A table that only the session sees that made it.</summary>
    TemporaryTable,
}
