// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>PartShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Location"><c>location</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Part"><c>part</c> in JSON.</param>
/// <param name="File"><c>file</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Bytes"><c>bytes</c> in JSON.</param>
/// <param name="Sha256"><c>sha256</c> in JSON.</param>
/// <param name="WrittenAt"><c>writtenAt</c> in JSON.</param>
/// <param name="ProvenAt"><c>provenAt</c> in JSON.</param>
/// <param name="Problem"><c>problem</c> in JSON.</param>
public sealed record PartShape(
    string Policy,
    string Location,
    TimeRange Range,
    int Part,
    string File,
    long Rows,
    long Bytes,
    string Sha256,
    Instant WrittenAt,
    Instant? ProvenAt,
    string? Problem);
