using Varve.Engines;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>
/// A tier whose table somebody else dropped, or columns of it: what is lost with it a person must know, so nothing is built
/// again by itself.
/// </summary>
/// <param name="Policy">Whose.</param>
/// <param name="Tier">Which.</param>
/// <param name="Columns">The columns that are gone; empty where the table is.</param>
internal sealed record BrokenTier(string Policy, TierLayout Tier, IReadOnlyList<string> Columns)
{
    public const string Code = "VRV333";

    /// <summary>The kind of a table that is about to take the place of a tier's.</summary>
    public const string Beside = "beside";

    /// <summary>True where the table of a tier is about to be replaced, or was when a process ended.</summary>
    public static bool Is(Ledger ledger) => ledger.Relations.Values.Any(r => r.Tables.Any(t => t.Kind == Beside));

    public bool IsGone => Columns.Count == 0;

    public string Text =>
        IsGone
            ? $"{Tier.States.Text}, the table of tier {Tier.Id} of {Policy}, is gone: somebody else dropped it, and with it what it held of rows that have expired."
            : $"{Tier.States.Text}, the table of tier {Tier.Id} of {Policy}, has no column {Suggestions.Listed(Columns)}: somebody else dropped it.";

    public string WayOut =>
        $"Restore the table from a backup of the database. If there is none, {(IsGone ? "" : "drop the table, and ")}varve policy retire {Policy} --drop forgets it: the next run builds it again as far as its input still has the rows.";

    /// <summary>The tiers of a blueprint, retired ones too, that are no longer as the catalog has them.</summary>
    public static async Task<IReadOnlyList<BrokenTier>> AllAsync(
        IStatements statements,
        PolicyLayout blueprint,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        List<BrokenTier> broken = [];
        foreach (var tier in blueprint.Tiers.Concat(blueprint.Retired).Where(t => ledger.Of(t.Id).Created))
        {
            var found = await statements.DescribeAsync(tier.States, cancellationToken);
            List<string> missing = [.. ledger.Of(tier.Id).Columns.Where(c => found?.Find(c) is null)];
            if (found is null || missing.Count > 0)
                broken.Add(new(blueprint.Policy.Name, tier, found is null ? [] : missing));
        }

        return broken;
    }

    /// <summary>Refuses to go on with a policy that has such a tier.</summary>
    /// <exception cref="PolicyException">It has one.</exception>
    public static async Task RefuseAsync(IStatements statements, PolicyLayout blueprint, Ledger ledger, CancellationToken cancellationToken)
    {
        if (await AllAsync(statements, blueprint, ledger, cancellationToken) is [var first, ..])
            throw new PolicyException(Code, $"{first.Text} {first.WayOut}");
    }
}
