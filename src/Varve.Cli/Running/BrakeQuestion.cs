using Varve.Cli.Render;
using Varve.Planning;

namespace Varve.Cli.Running;

/// <summary>Asks a person before the first removal; only a typed "yes" lets it go.</summary>
internal static class BrakeQuestion
{
    internal static bool Ask(Screen screen, IReadOnlyList<(string Policy, Brake Brake, Plan? Plan)> braked)
    {
        foreach (var (policy, brake, plan) in braked)
        {
            screen.Line();
            if (plan is not null) PlanScreen.Show(screen, plan);
            else screen.Line(new(policy, Ink.Bold), $"  {brake.Reason}  ≈ {Words.Count(brake.Rows, "row")} would go");
        }

        screen.Line();
        screen.Out.Write("Remove these rows once they are proven? Type yes: ");
        screen.Out.Flush();
        return Console.In.ReadLine()?.Trim() == "yes";
    }
}
