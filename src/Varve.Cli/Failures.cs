using System.CommandLine;
using Varve.Cli.Commands;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;

namespace Varve.Cli;

/// <summary>Errors as messages that say what to do.</summary>
internal static class Failures
{
    internal static int Report(Exception error, ParseResult parse)
    {
        var screen = Screen.Current;
        if (error is OperationCanceledException)
        {
            screen.Warn(new Span("cancelled", Palette.Warn));
            return ExitCode.Cancelled;
        }

        var body = Body(error);
        if (CommonOptions.IsLines(parse))
            LineJson.Print(screen, new("error", NodaTime.Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow())) { Error = body });
        else if (CommonOptions.IsJson(parse))
            CliJson.Print(screen, new ErrorShape(body));
        else
            Print(screen, body);
        if (error is not VarveException or DefectException && IsDebug(parse))
            screen.Warn(new Span(error.ToString(), Palette.Dim));
        return body.ExitCode;
    }

    internal static ErrorBody Body(Exception error) =>
        error switch
        {
            VarveException known => ErrorBody.Of(known),
            FileNotFoundException or DirectoryNotFoundException => new(
                WorkCodes.Usage,
                $"{Sentence(error)} Check the path.",
                ExitCode.Usage,
                [],
                []
            ),
            UnauthorizedAccessException => new(
                WorkCodes.Usage,
                $"{Sentence(error)} Name a path that you may use, or ask who owns this one.",
                ExitCode.Usage,
                [],
                []
            ),
            IOException => new(WorkCodes.Usage, $"{Sentence(error)} Name another path.", ExitCode.Usage, [], []),
            _ => new(
                WorkCodes.Unexpected,
                $"This is a defect in Varve, not in what you typed: {error.GetType().Name}: {Sentence(error)} Run it again with VARVE_DEBUG=1 for details, and please report them.",
                ExitCode.Defect,
                [],
                []
            ),
        };

    private static string Sentence(Exception error) => $"{error.Message.TrimEnd('.', ' ')}.";

    internal static void Print(Screen screen, ErrorBody body)
    {
        foreach (var problem in body.Problems)
            Print(screen, problem);
        if (body.Problems.Count == 0)
            screen.Warn(new("error  ", Palette.Bad), $"{body.Code}: {body.Message}");
        foreach (var difference in body.Differences)
            screen.Warn(new Span($"       {difference}"));
    }

    internal static void Print(Screen screen, ProblemShape problem)
    {
        var where = problem.File is null
            ? ""
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{problem.File}:{problem.Line}:{problem.Column}: ");
        screen.Warn(
            new(where, Palette.Bold),
            problem.IsWarning ? new("warning ", Palette.Warn) : new("error ", Palette.Bad),
            $"{problem.Code}: {problem.Message}"
        );
    }

    /// <summary>A problem that is part of what was asked for, on standard output.</summary>
    internal static void Show(Screen screen, Problem problem, string indent = "  ") =>
        screen.Line(indent, problem.IsWarning ? new("warning ", Palette.Warn) : new("note ", Palette.Dim), problem.Text);

    private static bool IsDebug(ParseResult parse) =>
        parse.GetValue(CommonOptions.Debug) || Environment.GetEnvironmentVariable("VARVE_DEBUG") is "1" or "true";
}
