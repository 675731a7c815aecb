// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>CompactShape of the API.</summary>
/// <param name="Source"><c>source</c> in JSON.</param>
/// <param name="Target"><c>target</c> in JSON.</param>
/// <param name="BytesBefore"><c>bytesBefore</c> in JSON.</param>
/// <param name="BytesAfter"><c>bytesAfter</c> in JSON.</param>
/// <param name="Tables"><c>tables</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
public sealed record CompactShape(
    string Source,
    string Target,
    long BytesBefore,
    long BytesAfter,
    int Tables,
    long Rows);
