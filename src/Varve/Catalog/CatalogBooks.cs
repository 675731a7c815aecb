using Varve.Planning;
using Varve.Policies;

namespace Varve.Catalog;

/// <summary>What a look at the policies in force begins with, read at once.</summary>
/// <param name="Policies">The policies; there is no pattern.</param>
/// <param name="Ledgers">What is known of those that were run, by name.</param>
/// <param name="HasHolds">False where nothing is held.</param>
internal sealed record CatalogBooks(IReadOnlyList<StoredPolicy> Policies, IReadOnlyDictionary<string, Ledger> Ledgers, bool HasHolds);
