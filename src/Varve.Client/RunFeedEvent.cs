using System.Text.Json;

namespace Varve.Client;

/// <summary>One thing that a run told.</summary>
/// <param name="Id">From 1 on, in the order in which they happened.</param>
/// <param name="Kind">started, step-started, step-done, …, and <see cref="Ended"/>; a newer server may tell more.</param>
/// <param name="Data">The facts.</param>
public sealed record RunFeedEvent(long Id, string Kind, JsonElement Data)
{
    /// <summary>The last one; its facts are the run.</summary>
    public const string Ended = "ended";
}
