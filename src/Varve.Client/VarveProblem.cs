using Varve.Client.Shapes;

namespace Varve.Client;

/// <summary>Why a server refused, as it said it.</summary>
/// <param name="Type">urn:varve:error: and the code.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Detail">What, and the way out.</param>
/// <param name="Code">The code: VRV….</param>
/// <param name="Errors">Each problem of a document, with its place.</param>
/// <param name="Differences">What differs from a plan that does not hold any more.</param>
public sealed record VarveProblem(string Type, string Title, int Status, string Detail, string Code, IReadOnlyList<ProblemPlace>? Errors, IReadOnlyList<string>? Differences)
{
    /// <summary>What the command line ends with for it: 2 the request must be changed, 3 the plan is stale, 4 the database refused or failed, 5 a person must look, 6 it is busy, 1 a defect.</summary>
    public int ExitCode { get; init; }
}
