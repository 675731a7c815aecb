using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>Something that somebody else changed of a table or a view of Varve's.</summary>
/// <param name="Check">The check of a diagnosis that it is; null where that finds it otherwise, or it does no harm.</param>
/// <param name="Relation">all, or a tier's id.</param>
/// <param name="Table">Its name.</param>
/// <param name="Text">What is different.</param>
/// <param name="WayOut">What to do.</param>
internal sealed record ExternalChange(string? Check, RelationId Relation, TableName Table, string Text, string WayOut);

/// <summary>Compares what is there of Varve's tables and views with what they would be if they were made now.</summary>
internal sealed class RelationDrift(IEngine engine)
{
    public const string ViewsAgain = "varve repair makes the views again.";

    /// <summary>What is different of one tier, whose table is there.</summary>
    public async Task<IReadOnlyList<ExternalChange>> OfAsync(
        PolicyLayout blueprint,
        Ledger ledger,
        TierLayout tier,
        CancellationToken cancellationToken
    )
    {
        List<ExternalChange> changed = [.. await TypesAsync(blueprint, ledger, tier, cancellationToken)];
        List<string> foreign =
        [
            .. (await Look.DescribeAsync(engine, tier.States, cancellationToken))!
                .Columns.Select(c => c.Name)
                .Except([.. ledger.Of(tier.Id).Columns, .. engine.Dialect.TierColumns.Select(c => c.Value)], StringComparer.Ordinal),
        ];
        if (foreign.Count > 0)
            changed.Add(
                new(
                    null,
                    tier.Id,
                    tier.States,
                    $"Somebody else added {Suggestions.Listed(foreign)}.",
                    "Nothing fills it, and a change of the policy drops it."
                )
            );
        if (ledger.PublishedRevision == ledger.Revision && tier.View is { } view)
            changed.AddRange(await ViewAsync(tier.Id, view, new ReadSql(blueprint, engine.Dialect).Names(tier), cancellationToken));
        return changed;
    }

    /// <summary>What is different of the stitched view.</summary>
    public async Task<IReadOnlyList<ExternalChange>> OfAllAsync(
        PolicyLayout blueprint,
        Ledger ledger,
        CancellationToken cancellationToken
    ) =>
        ledger.PublishedRevision == ledger.Revision && blueprint.Stitched is { } stitched
            ? await ViewAsync(RelationId.All, stitched, new ReadSql(blueprint, engine.Dialect).Names(), cancellationToken)
            : [];

    /// <summary>Columns whose type is not what a roll-up gives; where the source's own types wait for a person, nobody can say.</summary>
    private async Task<IReadOnlyList<ExternalChange>> TypesAsync(
        PolicyLayout blueprint,
        Ledger ledger,
        TierLayout tier,
        CancellationToken cancellationToken
    )
    {
        if (ColumnTypeChanges.Of(blueprint, ledger).Count > 0)
            return [];
        List<string> columns =
        [
            .. StateColumns.All(blueprint, tier).Select(c => c.Value).Intersect(ledger.Of(tier.Id).Columns, StringComparer.Ordinal),
        ];
        var sql = new StepSql(blueprint, engine.Dialect);
        var (now, made) = await engine.TransactAsync(
            async (s, token) =>
                ((await s.QueryAsync(sql.Types(tier, columns), token))[0], (await s.QueryAsync(sql.TypesMade(tier, columns), token))[0]),
            Scope.Reading,
            cancellationToken
        );
        return
        [
            .. from i in Enumerable.Range(0, columns.Count)
            where now.Text(i) != made.Text(i)
            select new ExternalChange(
                "relation.columns",
                tier.Id,
                tier.States,
                $"Its column {columns[i]} is {now.Text(i)}, and would be made {made.Text(i)}: somebody else changed its type, or that of a column of {blueprint.Source.Text}.",
                $"Give it back the type {made.Text(i)}, or restore the table from a backup of the database. varve verify {blueprint.Policy.Name} shows values that the change rounded, where their input is still there."
            ),
        ];
    }

    private async Task<IReadOnlyList<ExternalChange>> ViewAsync(
        RelationId relation,
        TableName view,
        IReadOnlyList<string> expected,
        CancellationToken cancellationToken
    )
    {
        if (await Look.DescribeAsync(engine, view, cancellationToken) is not { } found)
            return [new(null, relation, view, "The view is gone.", ViewsAgain)];
        if (!found.IsView)
            return [new("view.changed", relation, view, "There is a table where Varve's view was.", $"Rename or drop it. {ViewsAgain}")];
        var columns = found.Columns.Select(c => c.Name).ToList();
        return columns.SequenceEqual(expected, StringComparer.Ordinal)
            ? []
            :
            [
                new(
                    "view.changed",
                    relation,
                    view,
                    $"Somebody else changed the view: it has {string.Join(", ", columns)} and should have {string.Join(", ", expected)}.",
                    ViewsAgain
                ),
            ];
    }
}
