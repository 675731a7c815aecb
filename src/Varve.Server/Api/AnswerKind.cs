namespace Varve.Server.Api;

/// <summary>What the values of a column are; JSON has fewer kinds than a database.</summary>
internal enum AnswerKind
{
    /// <summary>None of them has a value.</summary>
    Empty,

    /// <summary>Instants, as text.</summary>
    Instant,

    /// <summary>Dates without a zone, as text.</summary>
    Date,

    /// <summary>True and false.</summary>
    Truth,

    /// <summary>Whole numbers; those beyond 64 bits are text.</summary>
    Integer,

    /// <summary>Floating-point numbers; NaN and infinite ones are text.</summary>
    Number,

    /// <summary>Decimal numbers with all of their digits.</summary>
    Decimal,

    /// <summary>Text, and whatever else the database writes as such.</summary>
    Text,
}
