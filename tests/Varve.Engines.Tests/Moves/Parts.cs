using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Moves;

/// <summary>Where the parts of a table are: each call for a part that is on its way finds it further by a third.</summary>
public sealed class Parts(Instant from, int days)
{
    private const long Bytes = 900;

    private readonly Dictionary<TimeRange, (Place? At, Place? To, long Done)> _parts = Enumerable
        .Range(0, days)
        .ToDictionary(
            d => new TimeRange(from + Duration.FromDays(d), from + Duration.FromDays(d + 1)),
            _ => ((Place?)null, (Place?)null, 0L)
        );

    /// <summary>The places that there are.</summary>
    public HashSet<string> Known { get; } = ["storage=warm", "storage=cold"];

    /// <summary>Parts that do not get on, and why.</summary>
    public string? Stuck { get; set; }

    /// <summary>How often parts were told to move.</summary>
    public int Told { get; private set; }

    public IReadOnlyList<TablePiece> All =>
        [
            .. _parts
                .OrderBy(p => p.Key.From)
                .Select(p => new TablePiece(p.Key) { Place = p.Value.To is null ? p.Value.At : null, Bytes = Bytes }),
        ];

    /// <summary>Where each part is, <c>-</c> for nowhere in particular.</summary>
    public string Text => string.Join(' ', All.Select(p => p.Place?.Name ?? "-"));

    /// <summary>Where a part should be.</summary>
    public Place? AskedFor(TimeRange range) => _parts[range].To ?? _parts[range].At;

    public void Put(TimeRange range, Place? place) => _parts[range] = (place, null, 0);

    public MoveState Move(TimeRange range, Place to)
    {
        var (at, towards, done) = _parts[range];
        if (towards is null && at == to)
            return new(Bytes, Bytes, IsDone: true);
        if (towards != to)
            (towards, done, Told) = (to, -Bytes / 3, Told + 1);
        if (Stuck is null)
            done += Bytes / 3;
        _parts[range] = done == Bytes ? (to, null, 0) : (at, towards, done);
        return new(Math.Max(0, done), Bytes, IsDone: done == Bytes) { Stuck = Stuck, Pause = Duration.FromMilliseconds(1) };
    }
}
