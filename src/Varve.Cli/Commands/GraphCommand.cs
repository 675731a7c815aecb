using System.CommandLine;
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

    internal static Command Create() => new CliCommand("graph", "Draw one measure across source and tiers", [CommonOptions.Name, Measure, CommonOptions.From, CommonOptions.To, CommonOptions.Zone, CommonOptions.Where, Png, CommonOptions.Db, CommonOptions.Schema, CommonOptions.Wait, CommonOptions.Debug], ActAsync)
    {
        Examples = ["varve graph flights dep_delay --where origin=JFK", "varve graph weather temp --from 2013-01-01 --to 2014-01-01 --png temp.png"],
    };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var file = call.Parse.GetValue(Png) is { } named ? OutputFile.Path("--png", named) : null;
        var lifecycle = call.Read();
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var range = await QueryCommand.SpanAsync(call, lifecycle, name, reckoning);
        var conditions = CommonOptions.Conditions(call.Parse);
        var measure = call.Parse.GetRequiredValue(Measure);
        TerminalChart.Show(call.Screen, await SeriesAsync(lifecycle, name, measure, range, conditions, TerminalPoints, call.Cancellation));
        if (file is not null)
        {
            Picture.Save(await SeriesAsync(lifecycle, name, measure, range, conditions, PicturePoints, call.Cancellation), file);
            call.Screen.Line(new("picture  ", Palette.Dim), file);
        }

        return ExitCode.Done;
    }

    /// <summary>Asks for what a chart needs of a measure: its extremes, and mean, last or whatever the policy has.</summary>
    internal static async Task<Series> SeriesAsync(
        Lifecycle lifecycle,
        string policy,
        string measure,
        TimeRange range,
        IReadOnlyList<KeyValuePair<string, string?>> conditions,
        int points,
        CancellationToken cancellation)
    {
        var stored = (await lifecycle.PolicyAsync(policy, cancellation)).Policy;
        var found = stored.Measures?.FirstOrDefault(m => m.Name == measure)
            ?? throw CommonOptions.Usage($"{policy} has no measure '{measure}'. It has: {string.Join(", ", stored.Measures?.Select(m => m.Name) ?? [])}.");
        var middle = Middle(found.Functions);
        Function[] wanted = [middle, Function.Min, Function.Max, Function.Count];
        var answer = await lifecycle.QueryAsync(
            new()
            {
                Policy = policy,
                From = range.From,
                To = range.To,
                Points = points,
                Where = conditions,
                Columns = [.. found.Functions.Intersect(wanted).Select(f => $"{measure}_{Name(f)}")],
            },
            cancellation);
        var series = conditions.Count == 0 ? "" : $"  {string.Join(", ", conditions.Select(c => $"{c.Key} {c.Value ?? "NULL"}"))}";
        return Series.Of($"{policy} {measure}{series}  {HumanText.Range(range)}", measure, Name(middle), answer);
    }

    private static Function Middle(IReadOnlyList<Function> functions) =>
        new[] { Function.Avg, Function.Last, Function.First, Function.Sum, Function.Count }.Where(functions.Contains).FirstOrDefault(functions[0]);

    private static string Name(Function function) => function.ToString().ToLowerInvariant();
}
