using Xunit.v3;

namespace Varve;

/// <summary>Names a rule of docs/semantics.md, by its anchor, that a test proves: <c>-trait Rule=NAME</c> runs the tests of one.</summary>
/// <param name="name">The id of the anchor.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RuleAttribute(string name) : Attribute, ITraitAttribute
{
    /// <summary>The id of the anchor.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Rule", Name)];
}
