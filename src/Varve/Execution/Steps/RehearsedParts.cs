using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>A part of an archive that a rehearsal would have written.</summary>
/// <param name="Range">Its range.</param>
/// <param name="File">Its name in its location.</param>
internal sealed record RehearsedPart(TimeRange Range, string File);

/// <summary>Parts of a table that are held, and only said to be dropped.</summary>
internal sealed class RehearsedPartitioning(Partitioning real) : Partitioning
{
    public override bool PartsOnly => real.PartsOnly;

    public override Task<IReadOnlyList<TablePart>> HoldAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        RangeSet ranges,
        CancellationToken cancellationToken
    ) => real.HoldAsync(statements, table, time, ranges, cancellationToken);

    public override IReadOnlyList<SqlText> Dropping(IReadOnlyList<TablePart> parts) => real.Dropping(parts);

    public override Task<long> DropAsync(IStatements statements, IReadOnlyList<TablePart> parts, CancellationToken cancellationToken)
    {
        foreach (var statement in Dropping(parts))
            statements.Note(statement);
        return Task.FromResult(0L);
    }
}

/// <summary>Parts of a table that are only said to be moved.</summary>
internal sealed class RehearsedRelocation(Relocation real) : Relocation
{
    public override string? Unfit(Place place) => real.Unfit(place);

    public override Task<string?> RefusesAsync(IStatements statements, Place place, CancellationToken cancellationToken) =>
        real.RefusesAsync(statements, place, cancellationToken);

    public override Task<IReadOnlyList<SqlText>> MovingAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    ) => real.MovingAsync(statements, table, time, range, to, cancellationToken);

    public override async Task<MoveState> MoveAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    )
    {
        foreach (var statement in await MovingAsync(statements, table, time, range, to, cancellationToken))
            statements.Note(statement);
        return new(0, 0, IsDone: true);
    }
}
