using System.Text.Json;
using System.Text.RegularExpressions;
using Varve.Policies;
using Varve.Server.Access;

namespace Varve.Server.Api;

/// <summary>An error as RFC 9457 writes it, with Varve's code and the place of each problem.</summary>
/// <param name="Type">The code as a URN.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Detail">What, where, the values that clash, and the way out.</param>
/// <param name="Code">The code, the anchor in the documentation.</param>
internal sealed record ProblemAnswer(string Type, string Title, int Status, string Detail, string Code)
{
    /// <summary>Each problem of a document.</summary>
    public IReadOnlyList<ProblemPlace> Errors { get; init; } = [];

    /// <summary>What differs, for a plan that is stale or a change that removes more.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>What the command line ends with for it: the caller's next move.</summary>
    public int ExitCode { get; init; } = Contracts.ExitCode.Usage;
}

/// <summary>One problem of a document.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Message">What, and the way out.</param>
/// <param name="Pointer">Its key as a JSON pointer.</param>
/// <param name="Line">Its line, from 1 on.</param>
/// <param name="Column">Its column, from 1 on.</param>
/// <param name="IsWarning">True for advice.</param>
internal sealed record ProblemPlace(string Code, string Message, string Pointer, int? Line, int? Column, bool IsWarning)
{
    internal static ProblemPlace Of(Problem problem) =>
        new(
            problem.Code,
            problem.Message,
            Problems.Pointer(problem.Path),
            problem.Position?.Line,
            problem.Position?.Column,
            problem.IsWarning
        );
}

/// <summary>Errors as answers.</summary>
internal static partial class Problems
{
    private const string ContentType = "application/problem+json";

    /// <summary>What the framework says of a parameter, in words for who sent it.</summary>
    internal static string Words(string message) =>
        Unbound().Match(message) is not { Success: true } unbound
            ? message
            : $"`{unbound.Groups["name"].Value}` cannot be \"{unbound.Groups["value"].Value}\"{unbound.Groups["type"].Value switch
            {
                "int" or "long" => ": it is a whole number",
                "bool" => ": it is true or false",
                _ => "",
            }}.";

    /// <summary>Whatever an endpoint throws becomes an answer; a defect is logged, and says nothing of what is inside.</summary>
    internal static async Task CatchAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
        catch (VarveException known) when (!context.Response.HasStarted && known is not DefectException)
        {
            await WriteAsync(context, known);
        }
        catch (Exception unreadable)
            when (!context.Response.HasStarted && unreadable is BadHttpRequestException or JsonException or FormatException)
        {
            await WriteAsync(
                context,
                new PolicyException(
                    ServerCodes.BadRequest,
                    $"The request cannot be read: {Words(unreadable.InnerException?.Message ?? unreadable.Message)}"
                )
            );
        }
        catch (Exception defect) when (!context.Response.HasStarted)
        {
            log.Defect(defect, context.Request.Method, context.Request.Path);
            await AnswerAsync(
                context,
                new(
                    "urn:varve:error:VRV900",
                    "A defect in Varve",
                    500,
                    $"This is a defect in Varve; the server's log has it under {context.TraceIdentifier}.",
                    WorkCodes.Defect
                )
                {
                    ExitCode = Contracts.ExitCode.Defect,
                }
            );
        }
    }

    internal static Task WriteAsync(HttpContext context, VarveException error)
    {
        var answer = Of(error);
        if (answer.Status is 429 or 503 && context.Response.Headers.RetryAfter.Count == 0)
            context.Response.Headers.RetryAfter = "2";
        if (answer.Status == 401)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        return AnswerAsync(context, answer);
    }

    /// <summary>What the router refuses before any endpoint sees it; its status stays.</summary>
    internal static Task RefuseAsync(HttpContext context) =>
        AnswerAsync(
            context,
            new(
                $"urn:varve:error:{ServerCodes.BadRequest}",
                context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                    ? "The method is not taken here"
                    : "The body is of a kind that is not taken here",
                context.Response.StatusCode,
                $"{context.Request.Method} with a body of {context.Request.ContentType ?? "no type"} is not taken here. A body is JSON: Content-Type: application/json. /api/v1/openapi.json says which methods there are.",
                ServerCodes.BadRequest
            )
        );

    internal static ProblemAnswer Of(VarveException error) =>
        new($"urn:varve:error:{error.Code}", Title(error), Status(error), error.Message, error.Code)
        {
            Errors = error is PolicyException policy ? [.. policy.Problems.Select(ProblemPlace.Of)] : [],
            Differences = error is StalePlanException stale ? stale.Differences : [],
            ExitCode = error.ExitCode,
        };

    /// <summary><c>tiers[1].every</c> as <c>/tiers/1/every</c>.</summary>
    internal static string Pointer(string path) =>
        path.Length == 0
            ? ""
            : "/"
                + string.Join(
                    '/',
                    Index()
                        .Replace(path, ".$1")
                        .Split('.')
                        .Select(p => p.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal))
                );

    private static Task AnswerAsync(HttpContext context, ProblemAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (
            HttpMethods.IsGet(context.Request.Method)
            && context.CallerOrNull() is not null
            && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        )
            return Ui.Shell.TroubleAsync(context, answer);
        return context.Response.WriteAsJsonAsync(answer, ServerJson.Options, ContentType);
    }

    private static int Status(VarveException error) =>
        (error, error.Code) switch
        {
            (_, ServerCodes.Unknown) => 401,
            (_, ServerCodes.Forbidden or ServerCodes.NoQueries) => 403,
            (_, ServerCodes.Missing or WorkCodes.NoRun or WorkCodes.NoHold) => 404,
            (_, WorkCodes.NoPolicy or WorkCodes.NoPolicies or WorkCodes.NoTag) => 404,
            (_, ServerCodes.NoPrecondition) => 428,
            (_, ServerCodes.Changed or WorkCodes.OtherRevision) => 412,
            (_, ServerCodes.RemovesMore or ServerCodes.Conflict or ServerCodes.Unconfirmed or ServerCodes.OverQuota) => 409,
            (_, ServerCodes.TooMany or ServerCodes.TooFast) => 429,
            (_, ServerCodes.BadRequest) => 400,
            (StalePlanException or HaltException, _) => 409,
            (BusyException, _) => 503,
            (EngineException { IsTransient: true }, _) => 503,
            (EngineException, _) => 502,
            (PolicyException, _) => 422,
            _ => 500,
        };

    private static string Title(VarveException error) =>
        Status(error) switch
        {
            401 => "Nobody is signed in",
            403 => "The role does not allow it",
            404 => "There is no such thing",
            409 => "A person must decide first",
            412 => "Somebody changed it",
            428 => "Say which revision was read",
            429 => "Too many requests",
            400 => "The request cannot be read",
            422 => "The request must be changed",
            503 => "The database is busy",
            _ => "The database refused or failed",
        };

    [GeneratedRegex(@"\[([0-9]+)\]")]
    private static partial Regex Index();

    [GeneratedRegex(
        "^Failed to bind parameter \"(Nullable<)?(?<type>[^ >]+)>? (?<name>[^ ]+)\" from \"(?<value>.*)\"\\.$",
        RegexOptions.Singleline
    )]
    private static partial Regex Unbound();
}
