using System.Globalization;

namespace Varve.Planning;

/// <summary>
/// Which relation of a policy is meant: its source, one of its tiers, or the stitched view. The text of it is what the catalog,
/// plan files and JSON have.
/// </summary>
public sealed record RelationId : IComparable<RelationId>
{
    private const char AsideMark = '#';
    private const char ZoneMark = '@';

    /// <summary>The relation of that text.</summary>
    /// <param name="text">source, all, or the canonical width, zone and origin of a tier (<see cref="Time.Grid.Id"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="text"/> is empty.</exception>
    public RelationId(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
    }

    /// <summary>The user's own table.</summary>
    public static RelationId Source { get; } = new("source");

    /// <summary>The stitched view.</summary>
    public static RelationId All { get; } = new("all");

    /// <summary>The key in the catalog.</summary>
    public string Text { get; }

    /// <summary>True for the user's own table.</summary>
    public bool IsSource => this == Source;

    /// <summary>The relation of a tier of a policy.</summary>
    internal static RelationId Of(Policies.Tier tier, Policies.Policy policy) => new(Policies.Cascade.GridOf(tier, policy).Id);

    /// <summary>The text without the zone of calendar buckets, and what follows it: <c>1d</c> of <c>1d@Europe/Berlin</c>.</summary>
    public string WithoutZone => Text.IndexOf(ZoneMark) is var at and >= 0 ? Text[..at] : Text;

    /// <summary>The zone of calendar buckets other than those of UTC; null for any other relation.</summary>
    internal string? Zone => Text.IndexOf(ZoneMark) is var at and >= 0 ? Text[(at + 1)..] : null;

    /// <summary>The revision that has set a tier aside; 0 for none.</summary>
    internal int AsideBy =>
        Text.LastIndexOf(AsideMark) is var at and >= 0 ? int.Parse(Text.AsSpan(at + 1), CultureInfo.InvariantCulture) : 0;

    /// <summary>The id that a relation has once a revision has set the tiers aside.</summary>
    internal RelationId SetAside(int revision) =>
        IsSource || this == All || AsideBy > 0 ? this : new(FormattableString.Invariant($"{Text}{AsideMark}{revision}"));

    /// <summary>By text, ordinally.</summary>
    public int CompareTo(RelationId? other) => string.CompareOrdinal(Text, other?.Text);

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
