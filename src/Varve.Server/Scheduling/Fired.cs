using NodaTime;
using Varve.Server.Home;

namespace Varve.Server.Scheduling;

/// <summary>An instant of a schedule that was decided and is stored.</summary>
/// <param name="Run">Its run, which waits for its turn or was left out.</param>
/// <param name="Due">When it was due, jitter included.</param>
internal sealed record Fired(ServerRun Run, Instant Due);
