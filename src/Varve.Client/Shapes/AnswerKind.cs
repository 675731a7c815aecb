// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What the values of a column are; JSON has fewer kinds than a database.</summary>
public enum AnswerKind
{
    /// <summary><c>empty</c> in JSON.</summary>
    Empty,

    /// <summary><c>instant</c> in JSON.</summary>
    Instant,

    /// <summary><c>date</c> in JSON.</summary>
    Date,

    /// <summary><c>truth</c> in JSON.</summary>
    Truth,

    /// <summary><c>integer</c> in JSON.</summary>
    Integer,

    /// <summary><c>number</c> in JSON.</summary>
    Number,

    /// <summary><c>decimal</c> in JSON.</summary>
    Decimal,

    /// <summary><c>text</c> in JSON.</summary>
    Text,
}
