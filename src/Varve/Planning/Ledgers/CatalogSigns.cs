using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The certain sign of a catalog that is older than the tables: a tier has rows where nothing was ever built. A run would
/// take what it holds there for not built, and replace it by what is left of its input.
/// </summary>
internal static class CatalogSigns
{
    public const string Code = "VRV330";

    /// <summary>What stops a run; null where nothing does.</summary>
    public static HaltException? Halt(PolicyLayout blueprint, TableState state)
    {
        foreach (var (tier, range) in state.Unknown)
            return new(Code, $"{Text(blueprint.Tier(tier), range)} Nothing was done. {WayOut(blueprint.Policy.Name)}");
        return null;
    }

    public static string Text(TierLayout tier, TimeRange range) =>
        $"{tier.States.Text} has rows between {InstantText.Format(range.From)} and {InstantText.Format(range.To)} that the catalog says were never built: the catalog was restored from an older backup, or somebody else wrote to the table.";

    public static string WayOut(string policy) =>
        $"Restore the catalog that goes with the tables, which is the whole database. If there is none, and these rows are Varve's: varve verify {policy} --adopt takes them as they are.";
}
