using CsCheck;
using NodaTime;
using Varve.Engines.Tests.Kills;
using Varve.Policies;

namespace Varve.Engines.Tests.Histories;

/// <summary>A policy and what happens to its table.</summary>
public sealed record History(HistoryPolicy Policy, IReadOnlyList<HistoryEvent> Events)
{
    public const string AllFunctions = "count, sum, avg, min, max, first, last, stddev, variance";

    // The zones change their clocks within days of these instants.
    private static readonly (string Zone, Instant Start)[] Places =
    [
        ("UTC", Instant.FromUtc(1969, 12, 27, 0, 0)),
        ("Europe/Berlin", Instant.FromUtc(2025, 3, 27, 5, 0)),
        ("Europe/Berlin", Instant.FromUtc(2024, 10, 24, 0, 0)),
        ("America/Sao_Paulo", Instant.FromUtc(2018, 11, 1, 12, 0)),
        ("Australia/Lord_Howe", Instant.FromUtc(2024, 4, 3, 0, 0)),
        ("Asia/Kathmandu", Instant.FromUtc(2024, 1, 1, 0, 0)),
        ("America/Goose_Bay", Instant.FromUtc(2010, 11, 4, 0, 0)),
        ("Pacific/Apia", Instant.FromUtc(2011, 12, 27, 0, 0)),
    ];

    private static readonly (int Unit, string[] Widths, int Added)[] Shapes =
    [
        (1, ["1h"], -1),
        (1, ["1h", "1d"], -1),
        (1, ["1h", "1d"], 1),
        (1, ["15m", "1h", "1d"], -1),
        (1, ["15m", "1h", "1d"], 0),
        (1, ["15m", "1h", "1d"], 1),
        (1, ["1h", "7h", "1d"], -1),
        (1, ["7h", "1d"], -1),
        (1, ["7h", "11h"], -1),
        (6, ["6h", "1w"], -1),
        (12, ["1d", "1w", "1mo"], -1),
        (12, ["1d", "1w", "1mo"], 1),
        (12, ["1w", "1mo"], -1),
    ];

    private static readonly int[] Extras = [0, 1, 5, 30];

    private static readonly string[] Functions =
    [
        AllFunctions,
        "avg",
        "min, max",
        "first, last",
        "sum, last",
        "stddev",
        "count, avg, max, first",
    ];

    private static readonly Gen<Moment> s_moment = CsCheck.Gen.OneOf(Moment.BeforeStatement, Moment.AfterStatement, Moment.AfterCommit);

    private static readonly Gen<HistoryEvent.Busy> s_busy =
        from at in CsCheck.Gen.Int[1, 120]
        from moment in s_moment
        from age in CsCheck.Gen.Int[1, 100]
        from rows in CsCheck.Gen.Int[1, 5]
        from seed in CsCheck.Gen.Int[0, 9999]
        select new HistoryEvent.Busy(At(at, moment), moment, age, rows, seed);

    public static Gen<History> Gen { get; } =
        from kind in CsCheck.Gen.OneOf(Kind.Plain, Kind.Plain, Kind.Changing, Kind.Changing, Kind.Erasing, Kind.Archiving, Kind.Everything)
        from policy in GenPolicy(kind)
        from events in GenEvent(policy, kind).Array[4, 16]
        select new History(policy, events);

    /// <summary>The same lives with runs during which the application writes.</summary>
    public static Gen<History> Busy { get; } =
        from history in Gen
        from busy in s_busy.Array[1, 3]
        from place in CsCheck.Gen.Int[0, 99].Array[3]
        select history with
        {
            Events = busy.Zip(place)
                .Aggregate(history.Events, static (events, one) => Insert(events, one.Second % (events.Count + 1), one.First)),
        };

    public string Text => $"{Policy}\n{string.Join('\n', Events.Select(e => "  " + e))}";

    /// <summary>The same life where there are no transactions: nobody asks for what is refused there.</summary>
    public History Alone() =>
        new(
            Policy with
            {
                First = Alone(Policy.First),
            },
            [
                .. Events
                    .Where(e => e is not (HistoryEvent.Erase or HistoryEvent.EraseOne))
                    .Select(e =>
                        e is HistoryEvent.Change { What: Changed.LateRows } change
                        && (LateAfterExpiry)(change.Pick % 3) is LateAfterExpiry.Merge
                            ? change with
                            {
                                Pick = (int)LateAfterExpiry.Hold,
                            }
                            : e
                    ),
            ]
        );

    private static HistoryRevision Alone(HistoryRevision revision) =>
        revision.LateRows is LateAfterExpiry.Merge ? revision with { LateRows = LateAfterExpiry.Hold } : revision;

    /// <summary>A revision after one more change.</summary>
    public static HistoryRevision Change(HistoryRevision revision, HistoryEvent.Change change, int tiers) =>
        change.What switch
        {
            Changed.Tier => revision.Toggle(change.Pick % tiers),
            Changed.Functions => revision with { Functions = Functions[change.Pick % Functions.Length] },
            Changed.Keeps => revision with
            {
                Extra = [.. revision.Extra.Select((_, i) => Extras[(change.Pick >> (2 * i)) % Extras.Length])],
                LastFinite = (change.Pick >> 8) % 4,
            },
            _ => revision with { LateRows = (LateAfterExpiry)(change.Pick % 3) },
        };

    private static Gen<HistoryPolicy> GenPolicy(Kind kind) =>
        from place in CsCheck.Gen.OneOf(Places)
        from shape in CsCheck.Gen.OneOf(Shapes)
        from late in CsCheck.Gen.OneOf(0, 0, 1, 3)
        from recheck in CsCheck.Gen.OneOf(1, 6, 24)
        from extra in CsCheck.Gen.OneOf(Extras).Array[4]
        from finite in CsCheck.Gen.Int[0, 3]
        from functions in CsCheck.Gen.OneOf(Functions)
        from lateRows in CsCheck.Gen.OneOf(
            LateAfterExpiry.Hold,
            LateAfterExpiry.Hold,
            LateAfterExpiry.Merge,
            LateAfterExpiry.Merge,
            LateAfterExpiry.Discard
        )
        select new HistoryPolicy
        {
            Zone = place.Zone,
            Start = place.Start,
            Unit = shape.Unit,
            Widths = shape.Widths,
            Added = shape.Added,
            LateHours = late * (shape.Unit > 1 ? 4 : 1),
            RecheckHours = recheck * (shape.Unit > 1 ? 4 : 1),
            IsArchived = kind is Kind.Archiving or Kind.Everything,
            First = new()
            {
                Tiers = [.. Enumerable.Range(0, shape.Widths.Length).Where(i => i != shape.Added)],
                Functions = functions,
                Extra = extra,
                LastFinite = finite,
                LateRows = lateRows,
            },
        };

    private static Gen<HistoryEvent> GenEvent(HistoryPolicy policy, Kind kind)
    {
        var seed = CsCheck.Gen.Int[0, 9999];
        var fresh = CsCheck.Gen.Select(
            CsCheck.Gen.Int[1, 40],
            CsCheck.Gen.Int[0, 30],
            seed,
            static (span, rows, s) => (HistoryEvent)new HistoryEvent.Fresh(span, rows, s)
        );
        var late = CsCheck.Gen.Select(
            CsCheck.Gen.Int[1, 100],
            CsCheck.Gen.Int[1, 4],
            seed,
            static (age, rows, s) => (HistoryEvent)new HistoryEvent.Late(age, rows, s)
        );
        var repeat = CsCheck.Gen.Int[0, 40].Select(static pick => (HistoryEvent)new HistoryEvent.Repeat(pick));
        var update = CsCheck.Gen.Select(
            CsCheck.Gen.Int[0, 30],
            CsCheck.Gen.Int[-1023, 1023],
            static (pick, v) => (HistoryEvent)new HistoryEvent.Update(pick, v)
        );
        var remove = CsCheck.Gen.Select(
            CsCheck.Gen.Int[0, 30],
            CsCheck.Gen.Int[1, 3],
            static (pick, n) => (HistoryEvent)new HistoryEvent.Remove(pick, n)
        );
        var cron = CsCheck.Gen.Int[1, 60].Select(static age => (HistoryEvent)new HistoryEvent.Cron(age));
        var silence = CsCheck.Gen.Int[1, 90].Select(static span => (HistoryEvent)new HistoryEvent.Silence(span));
        var hold = CsCheck.Gen.Select(
            CsCheck.Gen.Int[0, 90],
            CsCheck.Gen.Int[1, 40],
            static (age, span) => (HistoryEvent)new HistoryEvent.Hold(age, span)
        );
        var release = CsCheck.Gen.Const((HistoryEvent)new HistoryEvent.Release());
        var run = CsCheck.Gen.OneOf(0, 0, 0, 1, 7).Select(static lag => (HistoryEvent)new HistoryEvent.Run(lag));
        var killed = CsCheck.Gen.Select(
            CsCheck.Gen.Int[1, 120],
            s_moment,
            static (at, m) => (HistoryEvent)new HistoryEvent.Killed(At(at, m), m)
        );
        var grow = CsCheck.Gen.Const((HistoryEvent)new HistoryEvent.Grow());
        var change = CsCheck.Gen.Select(
            CsCheck.Gen.OneOf(Changed.Tier, Changed.Tier, Changed.Functions, Changed.Functions, Changed.Keeps, Changed.LateRows),
            CsCheck.Gen.Int[0, 1023],
            static (what, pick) => (HistoryEvent)new HistoryEvent.Change(what, pick)
        );
        var erase = CsCheck.Gen.Select(
            CsCheck.Gen.Int[0, 2],
            CsCheck.Gen.Int[0, 90],
            CsCheck.Gen.OneOf(CsCheck.Gen.Const(0), CsCheck.Gen.Int[1, 60]),
            static (host, age, span) => (HistoryEvent)new HistoryEvent.Erase(host, age, span)
        );
        var eraseOne = CsCheck.Gen.Int[0, 40].Select(static pick => (HistoryEvent)new HistoryEvent.EraseOne(pick));
        var drop = CsCheck.Gen.Const((HistoryEvent)new HistoryEvent.Drop());
        List<(int, IGen<HistoryEvent>)> all =
        [
            (8, fresh),
            (3, late),
            (1, repeat),
            (1, update),
            (1, remove),
            (1, cron),
            (1, silence),
            (1, hold),
            (1, release),
            (7, run),
            (2, killed),
        ];
        if (policy.Added >= 0 && kind is not (Kind.Changing or Kind.Everything))
            all.Add((1, grow));
        if (kind is Kind.Changing or Kind.Everything)
            all.AddRange([(4, change), (1, drop)]);
        if (kind is Kind.Erasing or Kind.Everything)
            all.AddRange([(2, erase), (1, eraseOne)]);
        return CsCheck.Gen.Frequency([.. all]);
    }

    private static IReadOnlyList<HistoryEvent> Insert(IReadOnlyList<HistoryEvent> events, int at, HistoryEvent one) =>
        [.. events.Take(at), one, .. events.Skip(at)];

    // A run has fewer commits than statements.
    private static int At(int at, Moment moment) => moment is Moment.AfterCommit ? 1 + (at % 20) : at;

    /// <summary>What a life is full of, besides rows and runs.</summary>
    private enum Kind
    {
        Plain,
        Changing,
        Erasing,
        Archiving,
        Everything,
    }
}
