// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;

namespace Varve.Client.Shapes;

/// <summary>A range of source and tiers as rows.</summary>
/// <param name="Zone"><c>zone</c> in JSON.</param>
/// <param name="Columns"><c>columns</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Parts"><c>parts</c> in JSON.</param>
/// <param name="Missing"><c>missing</c> in JSON.</param>
/// <param name="Notes"><c>notes</c> in JSON.</param>
/// <param name="Kinds"><c>kinds</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Starts"><c>starts</c> in JSON.</param>
public sealed record AnswerShape(
    string Zone,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<JsonElement>> Rows,
    IReadOnlyList<AnswerPart> Parts,
    IReadOnlyList<JsonElement> Missing,
    IReadOnlyList<string> Notes,
    IReadOnlyList<AnswerKind> Kinds,
    TimeRange? Range,
    IReadOnlyList<JsonElement>? Starts);
