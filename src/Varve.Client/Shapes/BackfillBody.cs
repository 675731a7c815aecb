// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>BackfillBody of the API.</summary>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="From"><c>from</c> in JSON.</param>
/// <param name="To"><c>to</c> in JSON.</param>
/// <param name="Order"><c>order</c> in JSON; may be left out.</param>
/// <param name="AtOnce"><c>atOnce</c> in JSON; may be left out.</param>
/// <param name="Windows"><c>windows</c> in JSON; may be left out.</param>
/// <param name="DryRun"><c>dryRun</c> in JSON; may be left out.</param>
public sealed record BackfillBody(
    string Query,
    string From,
    string To,
    BackfillOrder? Order = null,
    int? AtOnce = null,
    BackfillWindows? Windows = null,
    bool? DryRun = null);
