using Varve.Cli.Render;
using Varve.Planning;

namespace Varve.Cli.Running;

/// <summary>Asks a person before the first removal; only a typed "yes" lets it go.</summary>
internal static class BrakeQuestion
{
    /// <exception cref="OperationCanceledException">Ctrl-C instead of an answer.</exception>
    internal static async Task<bool> AskAsync(CommandContext call, IReadOnlyList<(string Policy, Brake Brake, Plan? Plan)> braked)
    {
        var screen = call.Screen;
        foreach (var (policy, brake, plan) in braked)
        {
            screen.Line();
            if (plan is not null)
                PlanScreen.Show(screen, plan);
            else
                screen.Line(new(policy, Palette.Bold), $"  {brake.Reason}  {PlanText.Going(brake)} would go");
        }

        screen.Line();
        return await TypedYes.AskAsync(call, "Remove these rows once they are proven?");
    }
}
