// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What another tool was told, as text; cratedb-toolkit's is read from the database where there is none.</summary>
/// <param name="Tool"><c>tool</c> in JSON.</param>
/// <param name="Text"><c>text</c> in JSON; may be left out.</param>
/// <param name="Called"><c>called</c> in JSON; may be left out.</param>
/// <param name="Aggregation"><c>aggregation</c> in JSON; may be left out.</param>
/// <param name="Schema"><c>schema</c> in JSON; may be left out.</param>
/// <param name="Time"><c>time</c> in JSON; may be left out.</param>
/// <param name="Times"><c>times</c> in JSON; may be left out.</param>
/// <param name="Series"><c>series</c> in JSON; may be left out.</param>
/// <param name="Value"><c>value</c> in JSON; may be left out.</param>
/// <param name="Table"><c>table</c> in JSON; may be left out.</param>
/// <param name="Compare"><c>compare</c> in JSON; may be left out.</param>
public sealed record ImportBody(
    ImportTool Tool,
    string? Text = null,
    string? Called = null,
    string? Aggregation = null,
    string? Schema = null,
    string? Time = null,
    IReadOnlyDictionary<string, string>? Times = null,
    string? Series = null,
    string? Value = null,
    string? Table = null,
    ToolkitCompare? Compare = null);
