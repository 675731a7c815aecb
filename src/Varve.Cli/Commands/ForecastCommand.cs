using System.CommandLine;
using Varve.Cli.Charts;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Planning;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve forecast</c>.</summary>
internal static class ForecastCommand
{
    private static readonly Option<string> For = new("--for")
    {
        HelpName = "2y",
        Description = "How far ahead: 30d, 6mo, 5y",
        DefaultValueFactory = _ => "2y",
    };

    private static readonly Option<string?> Png = new("--png") { HelpName = "FILE", Description = "Also write a picture, of one policy" };

    internal static Command Create() =>
        new CliCommand(
            "forecast",
            "Show rows and bytes over two years, as stored and as a file would change it",
            [PlanCommand.Subjects, CommonOptions.Tags, CommonOptions.AsOf, For, Png, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve forecast", "varve forecast flights --for 5y --png flights.png", "varve forecast changed.yaml"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var png = call.Parse.GetValue(Png) is { } named ? OutputFile.Path("--png", named) : null;
        var options = new ForecastOptions { AsOf = call.Parse.GetValue(CommonOptions.AsOf), Ahead = Ahead(call.Parse.GetValue(For)) };
        var (documents, selection) = PlanCommand.Subject(call);
        var forecasts =
            documents.Count > 0
                ? await call.Read().ForecastAsync(documents, options, call.Cancellation)
                : await call.Read().ForecastAsync(selection, options, call.Cancellation);
        var code = ExitCode.Of(forecasts.Select(f => f.Failure));
        if (png is not null && forecasts.Count != 1)
            throw CommonOptions.Usage($"--png draws one policy, and these are {HumanText.Number(forecasts.Count)}: name one.");
        if (png is not null)
            LayerPicture.Save(Layers.Of(forecasts[0]), png);
        if (call.IsJson)
        {
            call.Print(new ForecastListShape([.. forecasts.Select(ForecastPairShape.Of)]));
            return code;
        }

        for (var i = 0; i < forecasts.Count; i++)
        {
            if (i > 0)
                call.Screen.Line();
            ForecastScreen.Show(call.Screen, forecasts[i]);
        }

        if (png is not null)
            call.Screen.Line(new("picture  ", Render.Palette.Dim), png);
        return code;
    }

    private static Keep Ahead(string? text)
    {
        if (!Keep.TryParse(text, out var ahead, out var error))
            throw CommonOptions.Usage($"--for: {error}");
        return ForecastOptions.IsPossible(ahead)
            ? ahead
            : throw CommonOptions.Usage($"--for {text}: a forecast looks a day to a hundred years ahead, for example 30d or 2y.");
    }
}
