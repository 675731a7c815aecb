using CsCheck;
using NodaTime;
using Varve.Engines.Tests.Kills;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// A table whose rows lie where zones were odd, beside rows of other centuries, with tiers that need not nest. What happens
/// to it is plain, so that few rules say what must be true after each run.
/// </summary>
/// <param name="Zone">The zone of its days.</param>
/// <param name="Start">When its rows begin.</param>
/// <param name="Tiers">Widths, finest first; the last one is kept for ever.</param>
/// <param name="Keeps">Hours that each relation is kept beyond what it must, source first.</param>
/// <param name="Arrives">True where late rows are found by their stamps of arrival, some of which lie ahead of the clock.</param>
/// <param name="Events">What happens.</param>
public sealed record OddLife(
    string Zone,
    Instant Start,
    IReadOnlyList<string> Tiers,
    IReadOnlyList<int> Keeps,
    bool Arrives,
    IReadOnlyList<OddEvent> Events
)
{
    /// <summary>How far back a run looks for rows that came late.</summary>
    public static readonly Duration Recheck = Duration.FromHours(12);

    // The first tier may take another width, and its old one again.
    private static readonly Dictionary<string, string> s_others = new(StringComparer.Ordinal)
    {
        ["15m"] = "30m",
        ["30m"] = "15m",
        ["1h"] = "2h",
        ["7h"] = "5h",
    };

    // Within days of these instants the zones went from one odd offset to another.
    private static readonly (string Zone, Instant Start)[] s_places =
    [
        ("Asia/Singapore", Instant.FromUtc(1981, 12, 24, 0, 0)),
        ("Pacific/Kiritimati", Instant.FromUtc(1979, 9, 24, 0, 0)),
        ("America/Caracas", Instant.FromUtc(1964, 12, 24, 0, 0)),
        ("America/Caracas", Instant.FromUtc(2007, 12, 3, 0, 0)),
        ("Europe/Amsterdam", Instant.FromUtc(1937, 6, 24, 0, 0)),
        ("Europe/Paris", Instant.FromUtc(1911, 3, 4, 0, 0)),
        ("Africa/Monrovia", Instant.FromUtc(1971, 12, 30, 0, 0)),
        ("Asia/Kathmandu", Instant.FromUtc(1985, 12, 25, 0, 0)),
        ("Asia/Kolkata", Instant.FromUtc(2025, 1, 1, 0, 0)),
        ("Australia/Lord_Howe", Instant.FromUtc(2024, 4, 1, 0, 0)),
        ("Asia/Pyongyang", Instant.FromUtc(2018, 4, 28, 0, 0)),
        ("Europe/Berlin", Instant.FromUtc(2024, 12, 25, 0, 0)),
    ];

    private static readonly string[][] s_shapes =
    [
        ["1h", "1d"],
        ["15m", "1h", "1d"],
        ["30m", "1d"],
        ["15m", "1d"],
        ["1h", "1d", "1w"],
        ["1d", "1w", "1mo"],
        ["7h", "1d"],
        ["1h", "7h", "1d", "1mo"],
        ["15m", "1d", "1mo"],
    ];

    private static readonly Instant[] s_strays =
    [
        Instant.FromUtc(1, 1, 1, 0, 0),
        Instant.FromUtc(1753, 1, 1, 0, 0),
        Instant.FromUtc(1899, 12, 31, 23, 55),
        Instant.FromUtc(1970, 1, 1, 0, 0),
        Instant.FromUtc(9998, 12, 31, 23, 59),
        Instant.FromUtc(9999, 12, 31, 23, 59),
    ];

    /// <summary>Rows from here on are out of range: in no bucket, and never expired.</summary>
    public static Instant EndOfRange { get; } = Instant.FromUtc(9999, 1, 1, 0, 0);

    /// <summary>All such lives.</summary>
    public static Gen<OddLife> Any { get; } =
        from place in Gen.OneOf<(string Zone, Instant Start)>(s_places)
        from tiers in Gen.OneOf<string[]>(s_shapes)
        from keeps in Gen.OneOf(0, 1, 5, 30, 200).Array[5]
        from arrives in Gen.Int[0, 3]
        from events in Gen.Frequency([.. Kinds()]).Array[3, 14]
        select new OddLife(place.Zone, place.Start, tiers, keeps, arrives == 0, events);

    /// <summary>The policy as it is applied; with the other width of its first tier, where that has one.</summary>
    public string Yaml(bool isOther = false)
    {
        // Every relation is kept as long as the longest bucket needs it, whatever is built from it.
        List<string> lines = [];
        var keep = 0;
        for (var i = 0; i <= Tiers.Count; i++)
        {
            keep = Math.Max(keep, Need) + Keeps[i % Keeps.Count];
            var width =
                i == 0 ? ""
                : i == 1 && isOther ? s_others.GetValueOrDefault(Tiers[0], Tiers[0])
                : Tiers[i - 1];
            lines.Add(
                i == 0 ? $"keep: {keep}h\ntiers:"
                : i == Tiers.Count ? $"  - {{ every: {width} }}"
                : $"  - {{ every: {width}, keep: {keep}h }}"
            );
        }

        var arrival = Arrives ? "arrival: came\n" : "";
        return $"table: m.cpu\ntime: ts\nseries: [host]\nmeasures: {{ v: [count, sum, stddev, last] }}\nzone: {Zone}\nlate: 1h\nrecheck: 12h\nproof_changes: follow\n{arrival}{string.Join('\n', lines)}\n";
    }

    private int Need => (int)Math.Ceiling(Tiers.Max(t => Width.Parse(t).Longest.TotalHours)) + 13;

    /// <summary>The life for people.</summary>
    public string Text => $"{Yaml()}\nstart {InstantText.Format(Start)}\n{string.Join('\n', Events.Select(e => "  " + e))}";

    private static IEnumerable<(int, IGen<OddEvent>)> Kinds()
    {
        var seed = Gen.Int[0, 9999];
        yield return (
            6,
            Gen.Select(Gen.Int[1, 200], Gen.Int[0, 40], seed, static (hours, rows, s) => (OddEvent)new OddEvent.Fresh(hours, rows, s))
        );
        yield return (
            2,
            Gen.Select(Gen.Int[0, 11], Gen.Int[1, 4], seed, static (age, rows, s) => (OddEvent)new OddEvent.Late(age, rows, s))
        );
        yield return (2, Gen.OneOf<Instant>(s_strays).Select(static at => (OddEvent)new OddEvent.Stray(at)));
        yield return (1, Gen.Select(Gen.Int[0, 60], Gen.Int[0, 1023], static (pick, value) => (OddEvent)new OddEvent.Update(pick, value)));
        yield return (1, Gen.Const((OddEvent)new OddEvent.Swap()));
        yield return (1, Gen.Const((OddEvent)new OddEvent.Widen()));
        yield return (6, Gen.Const((OddEvent)new OddEvent.Run()));
        yield return (2, Gen.Int[1, 9].Select(static steps => (OddEvent)new OddEvent.Stopped(steps)));
        yield return (
            2,
            Gen.Select(
                Gen.Int[1, 120],
                Gen.OneOf(Moment.BeforeStatement, Moment.AfterStatement),
                static (at, moment) => (OddEvent)new OddEvent.Killed(at, moment)
            )
        );
    }
}

/// <summary>One thing that happens. A closed family.</summary>
public abstract record OddEvent
{
    private OddEvent() { }

    /// <summary>The clock goes on, and rows of that time arrive.</summary>
    public sealed record Fresh(int Hours, int Rows, int Seed) : OddEvent;

    /// <summary>Rows arrive that are up to that many hours old: within what is watched.</summary>
    public sealed record Late(int Age, int Rows, int Seed) : OddEvent;

    /// <summary>One row of another century.</summary>
    public sealed record Stray(Instant At) : OddEvent;

    /// <summary>Somebody changes a value, however old.</summary>
    public sealed record Update(int FromNewest, int Value) : OddEvent;

    /// <summary>Another table is under the name for the time of a run: it has other values at the same times.</summary>
    public sealed record Swap : OddEvent;

    /// <summary>The first tier gets its other width, or its first one again.</summary>
    public sealed record Widen : OddEvent;

    /// <summary>A run.</summary>
    public sealed record Run : OddEvent;

    /// <summary>A run that is stopped after some steps.</summary>
    public sealed record Stopped(int Steps) : OddEvent;

    /// <summary>A run that dies, and its rerun.</summary>
    public sealed record Killed(int At, Moment Moment) : OddEvent;
}
