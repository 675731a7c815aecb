// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A bucket whose states are not what its input gives.</summary>
/// <param name="Bucket"><c>bucket</c> in JSON.</param>
/// <param name="Series"><c>series</c> in JSON.</param>
/// <param name="Fewer"><c>fewer</c> in JSON.</param>
/// <param name="More"><c>more</c> in JSON.</param>
/// <param name="Found"><c>found</c> in JSON.</param>
/// <param name="Stored"><c>stored</c> in JSON.</param>
/// <param name="Differences"><c>differences</c> in JSON; may be left out.</param>
public sealed record Mismatch(
    TimeRange Bucket,
    long Series,
    bool Fewer,
    bool More,
    long Found,
    long Stored,
    IReadOnlyList<StateDifference>? Differences = null);
