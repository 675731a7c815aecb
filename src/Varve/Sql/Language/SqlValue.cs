using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Varve.Sql;

/// <summary>A value that may stand in a statement: a closed set, so that rendering is one exhaustive switch.</summary>
[Experimental("VARVE001")]
public abstract record SqlValue
{
    private SqlValue() { }

    /// <summary>SQL NULL.</summary>
    public static SqlValue Null { get; } = new Nothing();

    /// <summary>SQL NULL.</summary>
    public sealed record Nothing : SqlValue;

    /// <summary>Text.</summary>
    public sealed record Text(string Content) : SqlValue;

    /// <summary>A 64-bit integer.</summary>
    public sealed record Integer(long Content) : SqlValue;

    /// <summary>A double; NaN and infinities are values like any other.</summary>
    public sealed record Real(double Content) : SqlValue;

    /// <summary>An exact decimal.</summary>
    public sealed record Exact(decimal Content) : SqlValue;

    /// <summary>A truth value.</summary>
    public sealed record Truth(bool Content) : SqlValue;

    /// <summary>An instant, as a timestamp without zone in UTC.</summary>
    public sealed record Time(Instant Content) : SqlValue;
}
