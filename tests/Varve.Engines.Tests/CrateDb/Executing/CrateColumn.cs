namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
internal sealed record CrateColumn(string Name, CrateType Type)
{
    internal bool IsRequired { get; init; }

    /// <summary>The expression that it is made by, for PostgreSQL; null where writers fill it.</summary>
    internal string? Generated { get; init; }

    /// <summary>The same as the catalog shows it.</summary>
    internal string? Expression { get; init; }

    /// <summary>The expression where a writer gives none, for PostgreSQL.</summary>
    internal string? Default { get; init; }

    /// <summary>Text of any length: neither indexed nor stored by column.</summary>
    internal bool IsLarge { get; init; }

    internal string Quoted => PgName.Quote(Name);
}
