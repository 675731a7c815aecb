using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>A small answer, read whole.</summary>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The rows; none for a statement that gives none.</param>
/// <param name="RowCount">How many rows were given or written; null where the server does not say (a partition was dropped, or
/// altered).</param>
internal sealed record Answer(IReadOnlyList<string> Columns, IReadOnlyList<Row> Rows, long? RowCount);

/// <summary>What became of one row of values of a bulk statement. A server stores the others where one fails.</summary>
/// <param name="RowCount">How many rows were written; null where the server does not say.</param>
/// <param name="Error">Why it failed; null where it did not.</param>
internal sealed record BulkOutcome(long? RowCount, VarveException? Error);
