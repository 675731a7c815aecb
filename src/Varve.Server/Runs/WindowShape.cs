using Varve.Time;

namespace Varve.Server.Runs;

/// <summary>What became of one window of a query.</summary>
/// <param name="Window">The window.</param>
/// <param name="Rows">How many rows it gave, or changed.</param>
/// <param name="Replaced">How many rows made way for them.</param>
/// <param name="WasDone">True where it had been done before, and nothing was done now.</param>
/// <param name="Revision">The revision of the query.</param>
/// <param name="Attempts">How often it was tried.</param>
internal sealed record WindowShape(TimeRange Window, long Rows, long Replaced, bool WasDone, int Revision, int Attempts);
