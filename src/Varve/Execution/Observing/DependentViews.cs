using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Execution;

/// <summary>
/// Views that are not Varve's and read what would go from one of its relations, on engines that would let it go and fail,
/// or answer with less, when the view is read. Found by their text: what applications ask is not seen.
/// </summary>
internal sealed class DependentViews(IEngine engine, CatalogStore desk, IStatements statements)
{
    private readonly StringComparison _comparison = engine.Capabilities.IgnoresCase
        ? StringComparison.OrdinalIgnoreCase
        : StringComparison.Ordinal;

    /// <summary>One problem for each view of a policy that loses columns which others read.</summary>
    public async Task<IReadOnlyList<Problem>> OfAsync(PolicyLayout blueprint, CancellationToken cancellationToken)
    {
        if (engine.Dialect.ViewTexts is null || blueprint.Stitched is not { } stitched)
            return [];
        var read = new ReadSql(blueprint, engine.Dialect);
        List<Problem> problems = [];
        IReadOnlyList<(TableName View, ViewText Text)>? texts = null;
        foreach (var (view, columns) in blueprint.Tiers.Select(t => (View: t.View!, Names: read.Names(t))).Append((stitched, read.Names())))
        {
            if (await statements.DescribeAsync(view, cancellationToken) is not { IsView: true } there)
                continue;
            List<string> lost = [.. there.Columns.Select(c => c.Name).Except(columns, StringComparer.Ordinal)];
            if (lost.Count == 0)
                continue;
            texts ??= await TextsAsync(cancellationToken);
            List<string> readers = [.. texts.Where(t => t.Text.Names(view) && lost.Exists(t.Text.Reads)).Select(t => t.View.Text)];
            if (readers.Count > 0)
                problems.Add(Problem($"{view.Text} would lose {string.Join(", ", lost)}", readers));
        }

        return problems;
    }

    /// <summary>Refuses to drop relations that others read.</summary>
    /// <exception cref="PolicyException">With the list of these.</exception>
    public async Task RefuseAsync(IReadOnlyList<TableName> relations, CancellationToken cancellationToken)
    {
        if (engine.Dialect.ViewTexts is null)
            return;
        var texts = await TextsAsync(cancellationToken);
        List<Problem> problems = [];
        foreach (var relation in relations)
        {
            List<string> readers = [.. texts.Where(t => t.Text.Names(relation)).Select(t => t.View.Text)];
            if (readers.Count > 0)
                problems.Add(Problem($"{relation.Text} would be dropped", readers));
        }

        if (problems.Count > 0)
            throw new PolicyException(problems);
    }

    /// <summary>What a plan says of such views keeps it from being run.</summary>
    public static void Refuse(Plan plan)
    {
        List<Problem> problems = [.. plan.Notes.Where(n => n.Code == PolicyCodes.ViewsRead).Select(n => n with { IsWarning = false })];
        if (problems.Count > 0)
            throw new PolicyException(problems);
    }

    private static Problem Problem(string what, IReadOnlyList<string> readers) =>
        new(
            PolicyCodes.ViewsRead,
            $"{what}, and by {(readers.Count == 1 ? "its text this view reads" : "their text these views read")} it: {string.Join(", ", readers)}. Change or drop {(readers.Count == 1 ? "it" : "them")} first, or keep what is read; nothing was changed."
        );

    private async Task<IReadOnlyList<(TableName View, ViewText Text)>> TextsAsync(CancellationToken cancellationToken)
    {
        var own = (await desk.Ledgers.RelationsAsync(statements, cancellationToken)).Select(r => r.Table).ToList();
        var views = (await statements.QueryAsync(engine.Dialect.ViewTexts!, cancellationToken)).Select(r =>
            (View: new TableName(r.Text(0), r.Text(1)), Text: new ViewText(r.Text(2), _comparison))
        );
        return
        [
            .. views.Where(v =>
                !own.Exists(o => string.Equals(o.Name, v.View.Name, _comparison) && string.Equals(o.Schema, v.View.Schema, _comparison))
            ),
        ];
    }
}
