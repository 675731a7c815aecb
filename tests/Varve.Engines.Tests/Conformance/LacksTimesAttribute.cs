using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Kinds of time that the database of a suite has no type for: what is said of them is said of the nearest one.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class LacksTimesAttribute(params TimeKind[] kinds) : Attribute
{
    public IReadOnlyList<TimeKind> Kinds { get; } = kinds;
}
