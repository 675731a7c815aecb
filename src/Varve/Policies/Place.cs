namespace Varve.Policies;

/// <summary>
/// Where parts of a table lie: a place that the engine knows by its name, or all machines of which an attribute has a value.
/// </summary>
/// <param name="Name">The name, or the value of the attribute.</param>
/// <param name="Attribute">The attribute; null for a place with a name.</param>
public sealed record Place(string Name, string? Attribute = null)
{
    /// <summary>True for what is done to a part once and cannot be seen of it afterwards: the catalog knows where it was done.</summary>
    public bool IsAct => Attribute == "segments";

    /// <summary>As people read it: <c>cold</c>, <c>storage=warm</c>.</summary>
    public string Text => Attribute is null ? Name : $"{Attribute}={Name}";

    /// <inheritdoc/>
    public override string ToString() => Text;
}
