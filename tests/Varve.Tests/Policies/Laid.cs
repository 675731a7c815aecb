using Varve.Planning;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

/// <summary>Policies laid over a small table.</summary>
internal static class Laid
{
    internal static readonly NameLimits Limits = new(63, 1600, _ => false);

    internal static readonly TableDescription House = Table(
        Column("ts", new ColumnType.TimestampTz()),
        Column("host", new ColumnType.Text()),
        Column("load", new ColumnType.Float()),
        Column("door", new ColumnType.Bool())
    );

    internal static TableDescription Narrow(ColumnType type) => Table(Column("ts", new ColumnType.TimestampTz()), Column("v", type));

    internal static PolicyLayout? Resolve(string yaml, TableDescription table, List<Problem> problems) =>
        LayoutRules.Resolve(Policy(yaml), table, Limits, TimeRange.All, problems);

    internal static PolicyLayout Sound(string yaml, TableDescription table)
    {
        List<Problem> problems = [];
        var blueprint = Resolve(yaml, table, problems);
        Assert.DoesNotContain(problems, p => !p.IsWarning);
        return blueprint!;
    }

    internal static Problem One(string yaml, TableDescription table)
    {
        List<Problem> problems = [];
        Assert.Null(Resolve(yaml, table, problems));
        return Assert.Single(problems, p => !p.IsWarning);
    }
}
