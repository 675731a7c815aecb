using System.CommandLine;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve invalidate</c>.</summary>
internal static class InvalidateCommand
{
    internal static Command Create() => new CliCommand("invalidate", "Mark covered buckets to be built again by the next run", [CommonOptions.Name, CommonOptions.From, CommonOptions.To, .. CommonOptions.Database], ActAsync)
    {
        Examples = ["varve invalidate flights --from 2013-11-01 --to 2013-11-03"],
    };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var range = CommonOptions.Range(call.Parse) ?? throw CommonOptions.Usage("Say which range: --from INSTANT --to INSTANT.");
        var count = await call.Write().InvalidateAsync(name, range, call.Cancellation);
        return PolicyCommand.Counted(call, name, "invalidated", count, count == 0
            ? $"No bucket of {name} in {HumanText.Range(range)} is covered and can be built again."
            : $"{HumanText.Count(count, "bucket")} of {name} in {HumanText.Range(range)} marked. The next run builds them again, and the coarser ones around them: varve plan {name}");
    }
}
