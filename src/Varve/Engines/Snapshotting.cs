using System.Diagnostics.CodeAnalysis;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines;

/// <summary>How an engine keeps parts of tables by itself, in places that it knows by name, and brings them back.</summary>
[Experimental("VARVE001")]
public abstract class Snapshotting
{
    /// <summary>Why nothing can be kept there, with the way out; null where it can.</summary>
    public abstract Task<string?> RefusesAsync(string repository, CancellationToken cancellationToken);

    /// <summary>The statements by which <see cref="TakeAsync"/> keeps parts, in order.</summary>
    public abstract IReadOnlyList<SqlText> Taking(string repository, string name, IReadOnlyList<TablePart> parts);

    /// <summary>How each part will be called there.</summary>
    public abstract IReadOnlyList<string> NamesOf(string name, IReadOnlyList<TablePart> parts);

    /// <summary>
    /// Keeps parts of one table under a name that nothing has yet, and waits until all of it is kept: the name of each part
    /// there.
    /// </summary>
    /// <exception cref="EngineException">Not all of it was kept; nothing is left under the name.</exception>
    public abstract Task<IReadOnlyList<string>> TakeAsync(
        string repository,
        string name,
        IReadOnlyList<TablePart> parts,
        CancellationToken cancellationToken
    );

    /// <summary>Why a part that was kept does not stand for its rows any more; null where it does.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="table">The table that it was of.</param>
    /// <param name="part">Its name, as <see cref="TakeAsync"/> gave it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public abstract Task<string?> ObjectionAsync(string repository, TableName table, string part, CancellationToken cancellationToken);

    /// <summary>The statements by which <see cref="RestoreAsync"/> brings parts back, in order.</summary>
    public abstract IReadOnlyList<SqlText> Restoring(string repository, TableName table, IReadOnlyList<string> parts, string into);

    /// <summary>Brings parts back as a table of another name beside that which they were of; it must not exist.</summary>
    public abstract Task RestoreAsync(
        string repository,
        TableName table,
        IReadOnlyList<string> parts,
        string into,
        CancellationToken cancellationToken
    );

    /// <summary>Removes all that was kept with a part; what is not there any more is left.</summary>
    public abstract Task DropAsync(string repository, string part, CancellationToken cancellationToken);

    /// <summary>True for parts that were kept under one name, and go together.</summary>
    public abstract bool IsTogether(string part, string other);
}
