using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>
/// The ledger while a step works on it. What a step is about to do is written down before data change, and what it did
/// after that was verified: a process that dies in between leaves ranges that the next run does again. Where the whole step
/// is one transaction the first is not seen by anybody, and is not written. Where there is no table to keep it in, nothing is.
/// </summary>
internal sealed class StepLedger(LedgerTable? table, IStatements statements, string policy, Ledger read, bool isAtomic, Instant now)
{
    private string _stored = LedgerJson.Write(read);

    /// <summary>True where nothing of the step is seen before all of it.</summary>
    public bool IsAtomic => isAtomic;

    /// <summary>The ledger as it is stored.</summary>
    public Ledger Stored { get; private set; } = read;

    /// <summary>The same, kept nowhere.</summary>
    public StepLedger Unkept() => new(null, statements, policy, Stored, isAtomic, now);

    /// <summary>Writes down what is about to be done, unless nobody could see it.</summary>
    public Task ClaimAsync(Ledger claimed, CancellationToken cancellationToken) =>
        isAtomic ? Task.CompletedTask : SaveAsync(claimed, cancellationToken);

    /// <summary>
    /// Writes down that a tier is about to be written to, also where that stands there of an attempt before: the version of the
    /// ledger is then greater than that of every attempt that may still be going on.
    /// </summary>
    public Task BeginAsync(Ledger claimed, CancellationToken cancellationToken) =>
        StoreAsync(claimed, LedgerJson.Write(claimed), cancellationToken);

    /// <summary>Writes down what is true now.</summary>
    public async Task SaveAsync(Ledger ledger, CancellationToken cancellationToken)
    {
        var document = LedgerJson.Write(ledger);
        if (document != _stored)
            await StoreAsync(ledger, document, cancellationToken);
    }

    private async Task StoreAsync(Ledger ledger, string document, CancellationToken cancellationToken)
    {
        ledger = ledger with { Version = Stored.Version, Row = Stored.Row };
        Stored = table is null ? ledger : await table.SaveAsync(statements, policy, ledger, cancellationToken);
        _stored = document;
    }

    /// <summary>Says that a name is Varve's, before there is anything of that name.</summary>
    public Task RegisterAsync(RelationId relation, OwnTable own, CancellationToken cancellationToken) =>
        table?.RegisterAsync(statements, policy, relation, own.Kind, own.Name, now, cancellationToken) ?? Task.CompletedTask;

    /// <summary>Writes the edges of the stitched view for people.</summary>
    public Task ShowEdgesAsync(IReadOnlyList<StitchPart> parts, CancellationToken cancellationToken) =>
        table?.SaveEdgesAsync(statements, policy, parts, cancellationToken) ?? Task.CompletedTask;
}
