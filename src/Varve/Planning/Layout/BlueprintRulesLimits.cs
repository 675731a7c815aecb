using System.Globalization;
using System.Text;
using Varve.Policies;

namespace Varve.Planning;

/// <summary>What an engine says about names, which of them are in use, and what it can archive and move.</summary>
/// <param name="MaxNameBytes">The longest name in bytes of UTF-8; <see cref="int.MaxValue"/> where there is no limit.</param>
/// <param name="MaxColumns">The most columns of a table.</param>
/// <param name="IsTaken">True for a relation that exists and is not Varve's.</param>
public sealed record NameLimits(int MaxNameBytes, int MaxColumns, Func<TableName, bool> IsTaken)
{
    /// <summary>True where the engine takes <c>Temp</c> and <c>temp</c> for one name.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>True where rows can be taken out of one relation and put into others at once.</summary>
    public bool Transactions { get; init; } = true;

    /// <summary>True where rows of the source go with whole partitions only, unless a policy says otherwise.</summary>
    public bool PartsOnly { get; init; }

    /// <summary>Why a column of a tier cannot have a name, null where it can; null itself where every name will do.</summary>
    public Func<string, string?>? BadColumn { get; init; }

    /// <summary>What the engine can archive; null: nothing.</summary>
    public ArchiveLimits? Archives { get; init; }

    /// <summary>
    /// Why parts of a table cannot move to a place of that kind, null where they can; null itself where they cannot move.
    /// </summary>
    public Func<Place, string?>? Unfit { get; init; }

    internal StringComparer Names => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Relations whose names are taken, equal or too long; columns that are too long or too many.</summary>
    internal void Check(Policy policy, TableName source, IReadOnlyList<MeasureLayout> measures, List<Problem> problems)
    {
        if (!Transactions && policy.LateAfterExpiry == LateAfterExpiry.Merge)
        {
            problems.Add(
                new(
                    PolicyCodes.NoMerging,
                    "This engine has no transactions: late rows cannot become a part of the tiers and leave the source at once, so that a run that is killed would count them twice. Take `late_after_expiry` out, which holds them, or write `discard`."
                )
                {
                    Path = "late_after_expiry",
                }
            );
        }

        if (PartsOnly && policy is { LateAfterExpiry: LateAfterExpiry.Discard, ExpireBy: not ExpireBy.Rows })
        {
            problems.Add(
                new(
                    PolicyCodes.NoMerging,
                    "Rows of this engine go with whole partitions, and late ones lie among others. Take `late_after_expiry` out, which holds them, or say source: { expire: rows }."
                )
                {
                    Path = "late_after_expiry",
                }
            );
        }

        var relations = TierNames.All(policy, source);
        for (var i = 0; i < relations.Count; i++)
        {
            var (relation, path) = relations[i];
            if (Same(relation, source) || relations.Take(i).Any(r => r.Relation != relation && Same(r.Relation, relation)))
            {
                problems.Add(
                    new(
                        PolicyCodes.NamesCollide,
                        $"Two relations would be called {relation.Text}. Give a tier another `name`, or the policy a `schema`."
                    )
                    {
                        Path = path,
                    }
                );
            }
            else if (IsTaken(relation))
            {
                problems.Add(
                    new(
                        PolicyCodes.NameTaken,
                        $"{relation.Text} is there and is not Varve's. Give the tier another `name`, or the policy a `schema`."
                    )
                    {
                        Path = path,
                    }
                );
            }

            // The stitched view is called after the table alone.
            var shorter =
                relation == TierNames.Stitched(policy, source)
                    ? "Do without views (`views: false`), or give the table a shorter name"
                    : "Give the tier a shorter `name`";
            TooLong(relation.Name, path, shorter, problems);
        }

        if (policy.Tiers.Count == 0)
            return;
        foreach (var layout in measures)
        {
            var longest = MeasureStates.Columns(layout.Measure, layout.Column.Type.HasNaN).MaxBy(Encoding.UTF8.GetByteCount)!;
            TooLong(longest, $"measures.{layout.Measure.Name}", "Give the measure a shorter name in its long form", problems);
        }

        Unnameable(policy, measures, problems);
        TooMany(policy, measures, problems);
    }

    private void Unnameable(Policy policy, IReadOnlyList<MeasureLayout> measures, List<Problem> problems)
    {
        const string Generated = "Name a generated column of the table instead";
        var named = policy
            .Series.Select((name, i) => (Name: name, Path: PolicyReader.Element("series", i), WayOut: Generated))
            .Prepend((policy.Time, "time", Generated))
            .Concat(
                measures.Select(m =>
                    (
                        m.Measure.Name,
                        $"measures.{m.Measure.Name}",
                        $"Give the measure a name of its own: NAME: {{ column: \"{m.Column.Name}\", functions: [...] }}"
                    )
                )
            );
        foreach (var (name, path, wayOut) in named)
        {
            if (BadColumn?.Invoke(name) is { } why)
                problems.Add(new(PolicyCodes.ColumnName, $"No column of a tier can be called {name}: {why}. {wayOut}.") { Path = path });
        }
    }

    private bool Same(TableName one, TableName other) => Names.Equals(one.Schema, other.Schema) && Names.Equals(one.Name, other.Name);

    private void TooLong(string name, string path, string shorter, List<Problem> problems)
    {
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes <= MaxNameBytes)
            return;
        problems.Add(
            new(
                PolicyCodes.NameTooLong,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The name {name} has {bytes} bytes, and the engine takes {MaxNameBytes}. {shorter}."
                )
            )
            {
                Path = path,
            }
        );
    }

    private void TooMany(Policy policy, IReadOnlyList<MeasureLayout> measures, List<Problem> problems)
    {
        // Beside time and series: varve_rows, varve_covered or varve_coverage; in views also varve_local, varve_tier, varve_seconds.
        var states = 1 + policy.Series.Count + 2 + measures.Sum(m => m.States.Count);
        var view = policy.Views ? 1 + policy.Series.Count + 5 + measures.Sum(m => m.Measure.Functions.Count) : 0;
        var most = Math.Max(states, view);
        if (most <= MaxColumns)
            return;
        problems.Add(
            new(
                PolicyCodes.TooManyColumns,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A tier would have {most} columns, and the engine takes {MaxColumns}. Measure fewer columns, leave functions out, or give the engine more memory (DuckDB: ?memory_limit={(most / 850) + 1}GB)."
                )
            )
            {
                Path = "measures",
            }
        );
    }
}
