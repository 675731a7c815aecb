using System.CommandLine;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve invalidate</c>.</summary>
internal static class InvalidateCommand
{
    internal static Command Create() => new Verb("invalidate", "Mark covered buckets to be built again by the next run", [Shared.Name, Shared.From, Shared.To, .. Shared.Database], ActAsync)
    {
        Examples = ["varve invalidate flights --from 2013-11-01 --to 2013-11-03"],
    };

    private static async Task<int> ActAsync(Call call)
    {
        var name = call.Parse.GetRequiredValue(Shared.Name);
        var range = Shared.Range(call.Parse) ?? throw Shared.Usage("Say which range: --from INSTANT --to INSTANT.");
        var count = await call.Write().InvalidateAsync(name, range, call.Cancellation);
        return PolicyCommand.Counted(call, name, "invalidated", count, count == 0
            ? $"No bucket of {name} in {Words.Range(range)} is covered and can be built again."
            : $"{Words.Count(count, "bucket")} of {name} in {Words.Range(range)} marked. The next run builds them again, and the coarser ones around them: varve plan {name}");
    }
}
