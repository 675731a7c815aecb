using System.Diagnostics.CodeAnalysis;
using Varve.Time;

namespace Varve.Sql;

/// <summary>
/// SQL that a person wrote: the only text that becomes a statement as it stands. It is one statement, and its only holes are
/// <c>{from}</c> and <c>{to}</c>, whose values travel beside it as parameters. Recurrent queries are made of it, and nothing else.
/// </summary>
internal sealed class OperatorSql
{
    private readonly IReadOnlyList<OperatorPiece> _pieces;

    private OperatorSql(string text, IReadOnlyList<OperatorPiece> pieces) => (Text, _pieces) = (text, pieces);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>True where both ends of the window stand in it.</summary>
    public bool HasWindow => _pieces.Any(p => p.Hole == OperatorHole.From) && _pieces.Any(p => p.Hole == OperatorHole.To);

    /// <summary>Reads a statement.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="mistake">What is wrong with it, and where.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out OperatorSql? sql, [NotNullWhen(false)] out OperatorMistake? mistake)
    {
        var pieces = new OperatorSqlReader(text).Read(out mistake);
        sql = pieces is null ? null : new(text, pieces);
        return sql is not null;
    }

    /// <summary>The statement for one window, to be spliced into a <see cref="SqlText"/>.</summary>
    /// <param name="window">Both of its ends are instants.</param>
    public BoundSql For(TimeRange window) => new(_pieces, window);
}

/// <summary>A statement of a person with the ends of its window.</summary>
internal sealed class BoundSql(IReadOnlyList<OperatorPiece> pieces, TimeRange window)
{
    /// <summary>Text as it stands, or the instant of a hole.</summary>
    internal IEnumerable<(string? Text, string? Value)> Parts =>
        pieces.Select(p =>
            p.Hole switch
            {
                OperatorHole.From => (null, InstantText.Format(window.From)),
                OperatorHole.To => (null, InstantText.Format(window.To)),
                _ => ((string?)p.Text, (string?)null),
            }
        );
}

/// <summary>A part of a person's statement: text, or a hole.</summary>
internal sealed record OperatorPiece(string Text, OperatorHole Hole);

/// <summary>What fits into a hole.</summary>
internal enum OperatorHole
{
    /// <summary>It is none.</summary>
    None,

    /// <summary>The first instant of the window.</summary>
    From,

    /// <summary>The first instant behind it.</summary>
    To,
}

/// <summary>What is wrong with a person's statement.</summary>
/// <param name="Offset">Where, in characters from its beginning.</param>
/// <param name="Message">What, and the way out.</param>
internal sealed record OperatorMistake(int Offset, string Message);
