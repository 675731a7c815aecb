using Varve.Catalog;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Applying;

/// <summary>What a pattern comes to in a database.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Stored">The pattern as it is stored; null where it is not.</param>
/// <param name="Members">One for each table that it matches and that has no policy of its own, by schema and name.</param>
/// <param name="Released">Policies that came from it and whose tables it no longer matches.</param>
internal sealed record PatternExpansion(
    PolicyDocument Pattern,
    StoredPolicy? Stored,
    IReadOnlyList<PatternMember> Members,
    IReadOnlyList<StoredPolicy> Released
)
{
    public string Name => Pattern.Policy.Name;

    /// <summary>What a person should know: what is left out, what is gone, and that nothing is there at all.</summary>
    public IReadOnlyList<Problem> Notes =>
        [
            .. Members.SelectMany(m => m.Notes),
            .. Members.Any(m => m is not PatternMember.Gone)
                ? Array.Empty<Problem>()
                :
                [
                    new(
                        PolicyCodes.NoMatch,
                        $"{Pattern.Policy.Table.Text} matches no table that has no policy of its own. Tables that are made later are taken up by the next run."
                    )
                    {
                        Path = "table",
                        Position = Pattern.At("table"),
                        IsWarning = true,
                    },
                ],
        ];
}

/// <summary>One table of a pattern. A closed family.</summary>
internal abstract record PatternMember
{
    private PatternMember(TableName table) => Table = table;

    /// <summary>The table as the pattern writes it.</summary>
    public TableName Table { get; }

    /// <summary>What a person should know of it.</summary>
    public abstract IReadOnlyList<Problem> Notes { get; }

    private static Problem Note(string message) => new(PolicyCodes.LeftOut, message) { Path = "table", IsWarning = true };

    /// <summary>Its policy follows the pattern as it is.</summary>
    public sealed record Kept(StoredPolicy Stored, Policy Pattern) : PatternMember(Stored.Policy.Table)
    {
        public override IReadOnlyList<Problem> Notes =>
            [
                .. from measure in Pattern.Measures ?? []
                where Stored.Policy.Measures!.All(m => m.Name != measure.Name)
                select Note(
                    $"`{measure.Name}` is left out of {Table.Text}: it had no column for it when it was taken up. Once it has one, apply the pattern again."
                ),
            ];
    }

    /// <summary>Its policy is to be stored, for the first time or as the next revision.</summary>
    public sealed record Follows(StoredPolicy? Before, Checked Now, IReadOnlyList<Problem> Without) : PatternMember(Now.Policy.Table)
    {
        public override IReadOnlyList<Problem> Notes =>
            [.. Without.Select(p => Note($"{p.Message} It is left out of {Table.Text}. ({p.Code})"))];
    }

    /// <summary>It has a policy that cannot follow a changed pattern: nothing is done for it until it can.</summary>
    public sealed record Behind(StoredPolicy Stored, PolicyException Error) : PatternMember(Stored.Policy.Table)
    {
        public override IReadOnlyList<Problem> Notes =>
            [Note($"{Stored.Policy.Name} cannot follow the pattern, and no run touches it until it can: {Error.Message}")];
    }

    /// <summary>It cannot be kept.</summary>
    public sealed record LeftOut(TableName Left, string Pattern, Problem Why) : PatternMember(Left)
    {
        public override IReadOnlyList<Problem> Notes => [Note($"{Table.Text} is left out of {Pattern}: {Why.Message} ({Why.Code})")];
    }

    /// <summary>It has a policy, and is no longer there.</summary>
    public sealed record Gone(StoredPolicy Stored) : PatternMember(Stored.Policy.Table)
    {
        public override IReadOnlyList<Problem> Notes =>
            [
                Note(
                    $"{Table.Text} is gone; what was rolled up of it stays, and is not touched. If it was renamed, rename it back; if it is meant to be gone: varve policy delete {Stored.Policy.Name}."
                ),
            ];
    }
}
