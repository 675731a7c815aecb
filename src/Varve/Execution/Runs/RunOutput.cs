using System.Threading.Channels;

namespace Varve.Execution;

/// <summary>Whom a run tells what happens, and what it shares with the runs beside it.</summary>
/// <param name="Events">The stream of events.</param>
/// <param name="Watch">Spans, counts and log messages.</param>
/// <param name="Limit">How many rows may go.</param>
/// <param name="Clock">The clock.</param>
internal sealed record RunOutput(ChannelWriter<RunEvent> Events, RunTelemetry Watch, RemovalLimit Limit, TimeProvider Clock);
