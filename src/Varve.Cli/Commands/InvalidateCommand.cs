using System.CommandLine;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve invalidate</c>.</summary>
internal static class InvalidateCommand
{
    internal static Command Create() =>
        new CliCommand(
            "invalidate",
            "Mark covered buckets to be built again by the next run",
            [CommonOptions.Name, CommonOptions.From, CommonOptions.To, CommonOptions.Zone, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve invalidate flights --from 2013-11-01 --to 2013-11-03"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        if (call.Parse.GetValue(CommonOptions.From) is null && call.Parse.GetValue(CommonOptions.To) is null)
            throw CommonOptions.Usage("Say which range: --from TIME --to TIME.");
        var lifecycle = call.Write();
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var range = reckoning.Range(call.Parse)!;
        var count = await lifecycle.InvalidateAsync(name, range, call.Cancellation);
        return PolicyCommand.Counted(
            call,
            name,
            "invalidated",
            count,
            count == 0
                ? $"No bucket of {name} in {reckoning.Said(range)} is covered and can be built again."
                : $"{HumanText.Count(count, "bucket")} of {name} in {reckoning.Said(range)} marked. The next run builds them again, and the coarser ones around them: varve plan {name}"
        );
    }
}
