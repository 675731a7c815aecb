using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines;

/// <summary>A part of a table.</summary>
/// <param name="Table">The table that has its rows: its own, or that which it is a part of.</param>
/// <param name="Of">The table that it is directly a part of.</param>
/// <param name="Range">The times that its rows can have.</param>
[Experimental("VARVE001")]
public sealed record TablePart(TableName Table, TableName Of, TimeRange Range)
{
    /// <summary>True for its rows among those of <see cref="Table"/>; null where all of them are.</summary>
    public SqlText? Within { get; init; }

    /// <summary>Which it is and what it holds, where that can be told later; null where a transaction sees to it.</summary>
    public PartMark? Mark { get; init; }

    /// <summary>True where an earlier run saw it as it is now: nobody writes to it.</summary>
    public bool IsQuiet { get; init; }
}

/// <summary>Which part of a table it is, and what it holds.</summary>
/// <param name="Part">Which: another one that is made in its place later has another name.</param>
/// <param name="State">Changes with every change of its rows.</param>
[Experimental("VARVE001")]
public sealed record PartMark(string Part, string State)
{
    // 72 bits of a hash: two states of one part have one in 10^21 cases the same. 48 bits tell two parts of the same times apart.
    private const int Bytes = (SeenPart.DigestLength - SeenPart.PartLength) * 3 / 4;
    private const int PartBytes = SeenPart.PartLength * 3 / 4;

    /// <summary>Both in few characters: first which part it is, then what it holds.</summary>
    public string Digest => $"{Hash(Part, PartBytes)}{Hash($"{Part} {State}", Bytes)}";

    private static string Hash(string text, int bytes) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));

    /// <summary>The digests of parts that hold rows of the same times, in one text.</summary>
    public static string Together(IEnumerable<PartMark> marks) =>
        string.Join(' ', marks.Select(m => m.Digest).Order(StringComparer.Ordinal));
}
