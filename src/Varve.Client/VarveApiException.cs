using System.Text.Json;

namespace Varve.Client;

/// <summary>A server refused what it was asked, or something else answered in its place.</summary>
public sealed class VarveApiException : Exception
{
    internal VarveApiException(int status, VarveProblem problem)
        : base(problem.Detail) => (Status, Problem) = (status, problem);

    /// <summary>The status of the answer; 0 where there was none.</summary>
    public int Status { get; }

    /// <summary>What the server said.</summary>
    public VarveProblem Problem { get; }

    /// <summary>The code, such as VRV512; empty where no server of Varve answered.</summary>
    public string Code => Problem.Code;

    internal static async Task<VarveApiException> OfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var status = (int)answer.StatusCode;
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && JsonSerializer.Deserialize<VarveProblem>(await answer.Content.ReadAsStringAsync(cancellationToken), ClientJson.Options) is { } problem) return new(status, problem);
        return new(status, new("", answer.ReasonPhrase ?? "", status, FormattableString.Invariant($"The answer is {status} {answer.ReasonPhrase}, and not of a server of Varve. Check the address."), "", [], []));
    }
}
