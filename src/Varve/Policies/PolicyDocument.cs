namespace Varve.Policies;

/// <summary>A policy as it was written.</summary>
/// <param name="Policy">What it says.</param>
/// <param name="Yaml">The text of this one policy, as written.</param>
/// <param name="Positions">Where each key stands, by path (<c>tiers[1].every</c>), for messages.</param>
public sealed record PolicyDocument(Policy Policy, string Yaml, IReadOnlyDictionary<string, SourcePosition> Positions)
{
    /// <summary>A policy that was built in code, as a document to apply: its text is its canonical JSON, which no file has.</summary>
    public static PolicyDocument Of(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new(policy, PolicyJson.Canonical(policy), new Dictionary<string, SourcePosition>());
    }

    /// <summary>The position of a path, of the nearest enclosing one, or null.</summary>
    public SourcePosition? At(string path)
    {
        while (true)
        {
            if (Positions.TryGetValue(path, out var found))
                return found;
            var cut = path.LastIndexOfAny(['.', '[']);
            if (cut < 0)
                return Positions.GetValueOrDefault("");
            path = path[..cut];
        }
    }

    /// <summary>The same problems with the places of their keys in the file.</summary>
    public IReadOnlyList<Problem> Locate(IEnumerable<Problem> problems) =>
        [.. problems.Select(p => p with { Position = p.Position ?? At(p.Path) })];
}

/// <summary>Which stored policies are meant: all of <paramref name="Tags"/>, and one of <paramref name="Names"/>.</summary>
/// <param name="Names">Policy names; empty for any.</param>
/// <param name="Tags">Tags that a policy must have, all of them; empty for any.</param>
public sealed record Selection(IReadOnlyList<string> Names, IReadOnlyList<string> Tags)
{
    /// <summary>Every stored policy.</summary>
    public static Selection All { get; } = new([], []);

    /// <summary>One policy by name.</summary>
    public static Selection Of(string name) => new([name], []);
}
