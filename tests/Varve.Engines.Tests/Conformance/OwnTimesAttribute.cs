using System.Reflection;
using Varve.Engines.Tests.Scratch;
using Xunit.Sdk;
using Xunit.v3;

namespace Varve.Engines.Tests.Conformance;

/// <summary>The rows of a member whose kind of time the database has: the nearest ones of the others are among them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OwnTimesAttribute(string member) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var suite = testMethod.ReflectedType!;
        var lacks = suite.GetCustomAttribute<LacksTimesAttribute>()?.Kinds ?? [];
        var all = suite.GetProperty(member, BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)!.GetValue(null)!;
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([
            .. ((IEnumerable<ITheoryDataRow>)all).Where(row => !lacks.Contains((TimeKind)row.GetData()[0]!)),
        ]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
