namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What a piece of a statement is.</summary>
internal enum NodeKind
{
    Word,
    Quoted,
    Text,
    Number,
    Value,
    Symbol,
    Round,
    Square,
    Curly,
}

/// <summary>A word of a statement, or what stands in brackets.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word without its quotes; of a value of the request its number.</param>
/// <param name="Inner">What stands in the brackets.</param>
internal sealed record Node(NodeKind Kind, string Text, IReadOnlyList<Node> Inner)
{
    internal Node(NodeKind kind, string text)
        : this(kind, text, []) { }

    /// <summary>A name: unquoted ones are in small letters.</summary>
    internal bool IsName => Kind is NodeKind.Word or NodeKind.Quoted;

    /// <summary>The name as it is stored.</summary>
    internal string Name => Kind is NodeKind.Word ? Text.ToLowerInvariant() : Text;

    /// <summary>One of some keywords, in small letters.</summary>
    internal bool Is(params ReadOnlySpan<string> words)
    {
        if (Kind is not NodeKind.Word)
            return false;
        foreach (var word in words)
        {
            if (Text.Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    internal bool IsSymbol(string symbol) => Kind is NodeKind.Symbol && Text == symbol;
}
