namespace Varve.Policies;

/// <summary>What a key takes.</summary>
public enum KeyKind
{
    /// <summary>A name, as it is stored in the database.</summary>
    Name,

    /// <summary>schema.table.</summary>
    Table,

    /// <summary>A table, a pattern, or a list of them.</summary>
    Tables,

    /// <summary>A duration, <c>36h</c>.</summary>
    Duration,

    /// <summary>A duration or <c>forever</c>.</summary>
    Keep,

    /// <summary>The width of a bucket.</summary>
    Width,

    /// <summary>An instant.</summary>
    Instant,

    /// <summary>An IANA time zone.</summary>
    Zone,

    /// <summary>A number from 0 to 1.</summary>
    Share,

    /// <summary>A whole number from 1 on.</summary>
    Count,

    /// <summary>true or false.</summary>
    Truth,

    /// <summary>One of <see cref="PolicyKey.Choices"/>.</summary>
    Choice,

    /// <summary>A list of names.</summary>
    Names,

    /// <summary>A list of words.</summary>
    Words,

    /// <summary>A list of <see cref="PolicyKey.Choices"/>.</summary>
    Choices,

    /// <summary>Further keys.</summary>
    Keys,

    /// <summary>A list of which each entry has further keys.</summary>
    ListOfKeys,

    /// <summary>Free names, each with what its own keys say.</summary>
    MapOfKeys,

    /// <summary>A place: its name, or one attribute and its value.</summary>
    Place,

    /// <summary>Text of its own grammar.</summary>
    Text,
}

/// <summary>
/// One key of a policy file. Reading, suggestions, the JSON Schema and the reference in the documentation all use
/// <see cref="PolicyKeys.All"/>, so that they cannot disagree.
/// </summary>
/// <param name="Path">Where it stands: <c>late</c>, <c>source.keep</c>, <c>tiers[].every</c>, <c>measures.*.functions</c>.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Default">What holds without it, for people; "required" where it must be given.</param>
/// <param name="Meaning">What it says.</param>
public sealed record PolicyKey(string Path, KeyKind Kind, string Default, string Meaning)
{
    /// <summary>The values that are allowed, for choices.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>A word that stands in place of the whole value: <c>auto</c>, <c>munin</c>; null where there is none.</summary>
    public string? Word { get; init; }

    /// <summary>True for a list that may be one entry alone.</summary>
    public bool MayBeOne { get; init; }

    /// <summary>Which key of <see cref="KeyKind.Keys"/> a single scalar stands for; null where it stands for none.</summary>
    public string? Short { get; init; }

    /// <summary>True where the feature comes later: the key is refused by name.</summary>
    public bool IsLater { get; init; }

    /// <summary>True where a policy without it is refused whatever else it says.</summary>
    public bool IsRequired => Default == "required";

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The path of the keys around it; empty at the top.</summary>
    public string Parent => Path.Contains('.', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('.')] : "";
}
