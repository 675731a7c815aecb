using Varve.Planning;
using Varve.Policies;
using Xunit;

namespace Varve.Tests.Policies;

internal static class Texts
{
    internal static IReadOnlyList<Problem> Problems(string yaml) =>
        Assert.Throws<PolicyException>(() => PolicyYaml.Parse(yaml, "p.yaml")).Problems;

    internal static Problem Problem(string yaml) => Assert.Single(Problems(yaml));

    internal static Policy Policy(string yaml) => Assert.Single(PolicyYaml.Parse(yaml, "p.yaml")).Policy;

    internal static void Has(Problem problem, string code, params string[] parts)
    {
        Assert.Equal(code, problem.Code);
        foreach (var part in parts)
            Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    internal static Column Column(string name, ColumnType type) => new(name, type, type.GetType().Name.ToUpperInvariant());

    internal static TableDescription Table(params Column[] columns) => new(new("main", "t"), false, columns);
}
