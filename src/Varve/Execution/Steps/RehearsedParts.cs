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
    ) => real.ForeseeAsync(statements, table, time, ranges, cancellationToken);

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

    public override Task<IReadOnlyList<MoveOrigin>> OriginsAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<MoveOrigin>>([]);

    public override Task<MoveState> TakeBackAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        IReadOnlyList<MoveOrigin> origins,
        CancellationToken cancellationToken
    ) => throw new InvalidOperationException("A step takes no move back.");
}

/// <summary>Parts of a table that are only said to be kept: nothing is taken, brought back or removed.</summary>
internal sealed class RehearsedSnapshotting(Snapshotting real) : Snapshotting
{
    public override Task<string?> RefusesAsync(string repository, CancellationToken cancellationToken) =>
        real.RefusesAsync(repository, cancellationToken);

    public override IReadOnlyList<SqlText> Taking(string repository, string name, IReadOnlyList<TablePart> parts) =>
        real.Taking(repository, name, parts);

    public override IReadOnlyList<string> NamesOf(string name, IReadOnlyList<TablePart> parts) => real.NamesOf(name, parts);

    public override Task<IReadOnlyList<string>> TakeAsync(
        string repository,
        string name,
        IReadOnlyList<TablePart> parts,
        CancellationToken cancellationToken
    ) => Task.FromResult(NamesOf(name, parts));

    public override Task<string?> ObjectionAsync(string repository, TableName table, string part, CancellationToken cancellationToken) =>
        real.ObjectionAsync(repository, table, part, cancellationToken);

    public override IReadOnlyList<SqlText> Restoring(string repository, TableName table, IReadOnlyList<string> parts, string into) =>
        real.Restoring(repository, table, parts, into);

    public override Task RestoreAsync(
        string repository,
        TableName table,
        IReadOnlyList<string> parts,
        string into,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    public override Task DropAsync(string repository, string part, CancellationToken cancellationToken) => Task.CompletedTask;

    public override bool IsTogether(string part, string other) => real.IsTogether(part, other);
}
