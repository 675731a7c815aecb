using Varve.Planning;
using Varve.Policies;

namespace Varve.Sql;

/// <summary>
/// The statements of which steps are made: pure functions of blueprint and dialect. What a step does with them, and in which
/// order, its act knows; <c>plan --sql</c> and the journal have it from there.
/// </summary>
internal sealed class StepSql(PolicyLayout blueprint, Dialect dialect)
{
    /// <summary>Creates the schema and the states table of a tier; its types are those of the roll-up itself.</summary>
    public IEnumerable<SqlText> Create(TierLayout tier)
    {
        if (tier.States.Schema is { } schema && schema != blueprint.Source.Schema && dialect.MakeSchema(schema) is { } made)
            yield return made;
        foreach (var room in dialect.Room(StateColumns.All(blueprint, tier).Count()))
            yield return room;
        var rows = new RollupSql(blueprint, tier, dialect).Select(RelationId.Source, Time.RangeSet.Empty);
        foreach (var statement in dialect.CreateTier(Of(tier), rows))
            yield return statement;
    }

    /// <summary>
    /// Makes the table of a tier again with the columns that the policy asks for, and moves over what it holds; or adds what it
    /// lacks.
    /// </summary>
    public IEnumerable<SqlText> Reshape(TierLayout tier, IReadOnlyList<string> columns, IReadOnlyCollection<string> missing)
    {
        if (dialect.Widen(tier.States, [.. StateColumns.Typed(blueprint, tier).Where(c => missing.Contains(c.Name.Value))]) is { } widened)
            return widened;
        return dialect.AddsColumns
            ? [MakeAgain(tier, columns), .. TakeOver(tier)]
            :
            [
                .. dialect.Room(StateColumns.All(blueprint, tier).Select(c => c.Value).Union(columns, StringComparer.Ordinal).Count()),
                MakeAgain(tier, columns),
                Move(tier, columns),
                .. TakeOver(tier),
            ];
    }

    /// <summary>True where the table of a tier stays while its columns change.</summary>
    public bool WidensInPlace(TierLayout tier) => dialect.Widen(tier.States, []) is not null;

    /// <summary>
    /// A table beside that of a tier with every column that the policy asks for, in its order and with the type of the
    /// roll-up itself; columns that it no longer asks for stand behind.
    /// </summary>
    public SqlText MakeAgain(TierLayout tier, IReadOnlyList<string> columns)
    {
        List<string> asked = [.. StateColumns.All(blueprint, tier).Select(c => c.Value)];
        List<string> rest = [.. columns.Except(asked, StringComparer.Ordinal)];
        var empty = new RollupSql(blueprint, tier, dialect).Select(RelationId.Source, Time.RangeSet.Empty);
        if (rest.Count == 0)
            return $"CREATE TABLE {Beside(tier)} AS {empty}";
        var all = SqlText.Join(
            ", ",
            asked
                .Select(c => (SqlText)$"varve_asked.{new Identifier(c)}")
                .Concat(rest.Select(c => (SqlText)$"varve_rest.{new Identifier(c)}"))
        );
        return $"CREATE TABLE {Beside(tier)} AS SELECT {all} FROM ({empty}) AS varve_asked CROSS JOIN (SELECT {Listed(rest)} FROM {tier.States} WHERE 1 = 0) AS varve_rest";
    }

    /// <summary>Moves what a tier holds to the table beside it.</summary>
    public SqlText Move(TierLayout tier, IReadOnlyList<string> columns) =>
        $"INSERT INTO {Beside(tier)} ({Listed(columns)}) SELECT {Listed(columns)} FROM {tier.States}";

    /// <summary>The number of rows that did not arrive as they were.</summary>
    public SqlText Moved(TierLayout tier, IReadOnlyList<string> columns) =>
        $"SELECT count(*) FROM (SELECT {Listed(columns)} FROM {tier.States} EXCEPT ALL SELECT {Listed(columns)} FROM {Beside(tier)}) AS varve_changed";

    /// <summary>The types of columns of a tier, by name.</summary>
    public SqlText Types(TierLayout tier, IReadOnlyList<string> columns) =>
        Types($"SELECT {Listed(columns)} FROM {tier.States} WHERE 1 = 0", columns);

    /// <summary>The types that these columns would have if the tier were made now.</summary>
    public SqlText TypesMade(TierLayout tier, IReadOnlyList<string> columns) =>
        Types(new RollupSql(blueprint, tier, dialect).Select(RelationId.Source, Time.RangeSet.Empty), columns);

    private SqlText Types(SqlText rows, IReadOnlyList<string> columns)
    {
        var names = columns.Select(c => dialect.TypeName($"varve_type.{new Identifier(c)}"));
        var values = columns.Select(c => (SqlText)$"{dialect.Any($"{new Identifier(c)}")} AS {new Identifier(c)}");
        return $"SELECT {SqlText.Join(", ", names)} FROM (SELECT {SqlText.Join(", ", values)} FROM ({rows}) AS varve_rows) AS varve_type";
    }

    /// <summary>Puts the table beside a tier in its place.</summary>
    public IEnumerable<SqlText> TakeOver(TierLayout tier) => dialect.TakeOver(tier.States, Beside(tier));

    /// <summary>Gives a table another name in its schema.</summary>
    public static SqlText Rename(TableName from, TableName to) => $"ALTER TABLE {from} RENAME TO {new Identifier(to.Name)}";

    /// <summary>Drops a table or a view, where it is there.</summary>
    public static SqlText Drop(TableName relation, bool isView)
    {
        if (isView)
            return $"DROP VIEW IF EXISTS {relation}";
        return $"DROP TABLE IF EXISTS {relation}";
    }

    /// <summary>Sets a count that nothing was counted in.</summary>
    public SqlText Zero(TierLayout tier, string column) => $"UPDATE {tier.States} SET {new Identifier(column)} = 0";

    /// <summary>
    /// Adds rows of the source to buckets of a tier: the states of the rows, then theirs and what is stored in one, in place of
    /// what is stored.
    /// </summary>
    public IEnumerable<SqlText> Merge(TierLayout tier, Time.RangeSet late)
    {
        var (parts, columns) = (Parts(tier), SqlText.Join(", ", StateColumns.All(blueprint, tier).Select(c => (SqlText)$"{c}")));
        var keys = blueprint.Series.Select(c =>
            (SqlText)$" AND {dialect.Same(c, $"varve_late.{new Identifier(c.Name)}", $"varve_kept.{new Identifier(c.Name)}")}"
        );
        SqlText time = $"{new Identifier(blueprint.Time.Name)}";
        SqlText touched =
            $"EXISTS (SELECT 1 FROM {parts} AS varve_late WHERE varve_late.{time} = varve_kept.{time}{SqlText.Join("", keys)})";
        yield return $"CREATE TABLE {parts} AS {new RollupSql(blueprint, tier, dialect).Select(RelationId.Source, late)}";
        yield return $"INSERT INTO {parts} ({columns}) SELECT {columns} FROM {tier.States} AS varve_kept WHERE {touched}";
        yield return $"DELETE FROM {tier.States} AS varve_kept WHERE {touched}";
        yield return $"INSERT INTO {tier.States} ({columns}) {new RollupSql(blueprint, tier, dialect).Merged(parts, tier.BucketsTouching(late))}";
        if (blueprint.Policy.Interval is not null)
        {
            var length = StateColumns.HasLength(tier)
                ? (SqlText)$"{StateColumns.Length}"
                : $"{(long)tier.Grid.Width.Longest.TotalMilliseconds}";
            yield return $"UPDATE {tier.States} SET {StateColumns.Covered} = {length} WHERE {StateColumns.Covered} > {length} AND {RangeSql.In(dialect, blueprint.Time.Starts, tier.BucketsTouching(late))}";
        }

        yield return $"DROP TABLE {parts}";
    }

    private static TableName Parts(TierLayout tier) => tier.States.WithName($"{tier.States.Name}_late");

    /// <summary>Takes a state out of buckets whose input does not know it.</summary>
    public SqlText Forget(TierLayout tier, string column, Time.RangeSet buckets) =>
        $"UPDATE {tier.States} SET {new Identifier(column)} = NULL WHERE {RangeSql.In(dialect, blueprint.Time.Starts, buckets)}";

    /// <summary>Builds buckets of a tier in the place of what it has of them; building them again is absolute.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="stored">The columns that its table has.</param>
    /// <param name="input">What it is built from.</param>
    /// <param name="ranges">Whole buckets of it.</param>
    /// <param name="generation">Greater than that of every attempt before.</param>
    public IReadOnlyList<(SqlText Statement, bool Writes)> Replace(
        TierLayout tier,
        IEnumerable<string> stored,
        RelationId input,
        Time.RangeSet ranges,
        long generation
    )
    {
        var known = input == RelationId.Source ? blueprint : blueprint.Without(blueprint.Tier(input).Lacks);
        List<Identifier> columns = [.. StateColumns.All(known, tier)];
        var rows = new RollupSql(known, tier, dialect).Select(input, ranges);
        return dialect.Replace(
            new(
                Of(tier),
                columns,
                [.. stored.Select(c => new Identifier(c)).Except(columns)],
                rows,
                RangeSql.In(dialect, blueprint.Time.Starts, ranges),
                generation
            )
        );
    }

    private TierTable Of(TierLayout tier) =>
        new(
            tier.States,
            blueprint.Time,
            [.. StateColumns.Series(blueprint)],
            [.. StateColumns.Typed(blueprint, tier)],
            tier.Grid.Width.Longest
        );

    /// <summary>What differs between a tier and its input, by the kind of proof that the policy asks for.</summary>
    public SqlText Proof(TierLayout tier, RelationId input, Time.RangeSet ranges)
    {
        var compare = new CompareSql(blueprint, tier, dialect);
        return blueprint.Policy.Proof == Policies.Proof.Totals && input == RelationId.Source
            ? compare.Totals(ranges)
            : compare.Buckets(input, ranges);
    }

    /// <summary>Removes rows of the source or of a tier.</summary>
    public SqlText Remove(RelationId relation, Time.RangeSet ranges) =>
        RowsSql.Delete(dialect, blueprint.TimeOf(relation), Table(relation), ranges);

    /// <summary>Makes the view of a tier; nothing where the policy wants none.</summary>
    public IReadOnlyList<SqlText> TierView(TierLayout tier) =>
        tier.View is null ? [] : dialect.ReplaceView(tier.View, [(new ReadSql(blueprint, dialect).TierView(tier), false)]);

    /// <summary>
    /// Makes the stitched view for the parts as they are now; open ends of calendar buckets are known within <paramref
    /// name="known"/>.
    /// </summary>
    public IReadOnlyList<SqlText> Stitched(TableName view, IReadOnlyList<StitchPart> parts, Time.TimeRange known)
    {
        var read = new ReadSql(blueprint, dialect);
        var finest = parts.Count > 1 ? blueprint.Tier(parts[^2].Relation) : blueprint.Tiers.First(t => t.InChain);
        return dialect.ReplaceView(
            view,
            [
                .. parts.Select(p =>
                    p.Relation == RelationId.Source
                        ? (read.Open(finest, p.Range, known), true)
                        : (read.Part(blueprint.Tier(p.Relation), p.Range), false)
                ),
            ]
        );
    }

    /// <summary>The table behind a relation: the source itself, or the states of a tier.</summary>
    public TableName Table(RelationId relation) => relation == RelationId.Source ? blueprint.Source : blueprint.Tier(relation).States;

    /// <summary>The table that takes the place of a tier's while its columns change.</summary>
    public static TableName Beside(TierLayout tier) => tier.States.WithName($"{tier.States.Name}_reshaped");

    private static SqlText Listed(IEnumerable<string> columns) => SqlText.Join(", ", columns.Select(c => (SqlText)$"{new Identifier(c)}"));
}
