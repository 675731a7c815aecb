using System.Diagnostics.CodeAnalysis;
using Varve.Planning;

namespace Varve.Sql;

/// <summary>The type of a column of a tier. A closed family.</summary>
[Experimental("VARVE001")]
public abstract record StateType
{
    private StateType() { }

    /// <summary>A 64-bit integer.</summary>
    public sealed record Count : StateType;

    /// <summary>A double.</summary>
    public sealed record Real : StateType;

    /// <summary>An exact decimal of 38 digits.</summary>
    /// <param name="Scale">Digits behind the point.</param>
    public sealed record Exact(int Scale) : StateType;

    /// <summary>The type of a column of the source.</summary>
    /// <param name="Column">Which.</param>
    public sealed record Like(Column Column) : StateType;
}
