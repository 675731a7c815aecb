using System.CommandLine;
using System.Globalization;
using NodaTime;
using Varve.Cli.Charts;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve graph</c>.</summary>
internal static class GraphCommand
{
    // More than there are dots: the band is of finer buckets than a column, so that spikes stay where they were.
    internal const int TerminalPoints = 800;
    private const int PicturePoints = 1200;

    private static readonly Argument<string> Measure = new("MEASURE") { Description = "A measure of the policy" };

    private static readonly Option<string?> Png = new("--png") { HelpName = "FILE", Description = "Also write a picture" };

    private static readonly Option<string?> Svg = new("--svg") { HelpName = "FILE", Description = "Also write a picture of vectors" };

    private static readonly Option<string?> Title = new("--title")
    {
        HelpName = "TEXT",
        Description = "What stands above it. Default: policy, measure and --where",
    };

    private static readonly Option<string?> Size = new("--size")
    {
        HelpName = "WxH",
        Description = "Pixels of the pictures. Default: 1400x640",
    };

    private static readonly Option<bool> Dark = new("--dark") { Description = "Pictures for a dark page" };

    private static readonly Option<bool> Together = new("--together")
    {
        Description = "One line for all series, their mean, with a band from minimum to maximum",
    };

    private static readonly Option<string> Scale = new("--scale")
    {
        HelpName = string.Join('|', Charts.Scale.Kinds),
        Description = "The axis: all values, or without the outermost hundredth; auto is p99 where few values ruin the rest",
        DefaultValueFactory = _ => Charts.Scale.Kinds[0],
    };

    private static readonly Option<string?> Unit = new("--unit")
    {
        HelpName = "UNIT",
        Description = "What the numbers count: bytes, bits/s, percent, seconds, °C. Default: the policy's unit",
    };

    private static readonly Option<string[]> Threshold = new("--threshold")
    {
        HelpName = "VALUE[=NAME]",
        Description = "A line at that value. May be repeated",
    };

    static GraphCommand() => Scale.AcceptOnlyFromAmong(Charts.Scale.Kinds);

    internal static Command Create() =>
        new CliCommand(
            "graph",
            "Draw one measure across source and tiers",
            [
                CommonOptions.Name,
                Measure,
                CommonOptions.From,
                CommonOptions.To,
                CommonOptions.Zone,
                CommonOptions.Where,
                Together,
                Scale,
                Threshold,
                Unit,
                Title,
                Png,
                Svg,
                Size,
                Dark,
                CommonOptions.Db,
                .. CommonOptions.Served,
                CommonOptions.Schema,
                CommonOptions.Wait,
                CommonOptions.Debug,
            ],
            ActAsync
        )
        {
            Examples =
            [
                "varve graph flights dep_delay --where origin=JFK --together",
                "varve graph weather temp --from 2013-01-01 --to 2014-01-01 --unit °F --threshold 32=frost --png temp.png",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var png = call.Parse.GetValue(Png) is { } pixels ? OutputFile.Path("--png", pixels) : null;
        var svg = call.Parse.GetValue(Svg) is { } vectors ? OutputFile.Path("--svg", vectors) : null;
        var lifecycle = call.Read();
        var form = Form(call.Parse);
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var asking = new GraphQuestion
        {
            Policy = name,
            Measure = call.Parse.GetRequiredValue(Measure),
            Conditions = CommonOptions.Conditions(call.Parse),
            Together = call.Parse.GetValue(Together),
            Scale = call.Parse.GetValue(Scale)!,
            Unit = call.Parse.GetValue(Unit),
            Zone = call.Parse.GetValue(CommonOptions.Zone),
            Title = call.Parse.GetValue(Title),
            Thresholds = [.. (call.Parse.GetValue(Threshold) ?? []).Select(Limit)],
        };
        var range = await QueryCommand.SpanAsync(call, lifecycle, name, reckoning);
        TerminalChart.Show(call.Screen, await asking.AskAsync(lifecycle, range, TerminalPoints, call.Cancellation));
        if (png is null && svg is null)
            return ExitCode.Done;
        var series = await asking.AskAsync(lifecycle, range, PicturePoints, call.Cancellation);
        if (png is not null)
            Picture.SavePixels(series, form, png);
        if (svg is not null)
            Picture.SaveVectors(series, form, svg);
        foreach (var file in new[] { png, svg }.OfType<string>())
            call.Screen.Line(new("picture  ", Render.Palette.Dim), file);
        return ExitCode.Done;
    }

    private static PictureForm Form(ParseResult parse)
    {
        var usual = PictureForm.Usual with { IsDark = parse.GetValue(Dark) };
        if (parse.GetValue(Size) is not { } size)
            return usual;
        int[] sides =
        [
            .. size.Split('x')
                .Select(s =>
                    int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var side)
                    && side is >= PictureForm.Least and <= PictureForm.Most
                        ? side
                        : 0
                ),
        ];
        return sides is [> 0, > 0]
            ? usual with
            {
                Width = sides[0],
                Height = sides[1],
            }
            : throw CommonOptions.Usage(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--size {size} is no size: write width and height in pixels, each from {PictureForm.Least} to {PictureForm.Most}, such as 1400x640."
                )
            );
    }

    private static (double, string) Limit(string text) =>
        text.Split('=', 2) is [var number, .. var name]
        && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
            ? (value, name.Length > 0 ? name[0] : "")
            : throw CommonOptions.Usage($"--threshold {text} begins with no number: write 90, or 90=full.");
}
