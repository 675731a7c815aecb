using System.Security.Cryptography;
using Varve.Server.Home;

namespace Varve.Server.Leading;

/// <summary>
/// Whether this server leads its home: decides schedules and carries out runs. A leader says again and again that it is
/// there. Another server takes the lead where it saw no such word for the whole length of a lease, by its own stopwatch:
/// clocks of different machines are never compared.
/// </summary>
/// <param name="home">The home.</param>
/// <param name="length">How long a leader that says nothing is waited for.</param>
internal sealed class Leadership(HomeDatabase home, TimeSpan length)
{
    private readonly LeadTable _table = new(home);
    private LeadRow? _seen;
    private long _seenAt;
    private long _saidAt;

    /// <summary>What this server is called: machine, process, and what tells it from one of the same number before it.</summary>
    public string Server { get; } =
        FormattableString.Invariant(
            $"{Environment.MachineName}:{Environment.ProcessId}:{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}"
        );

    /// <summary>How often the home is looked at.</summary>
    public TimeSpan Beat { get; } = length / 8 < TimeSpan.FromSeconds(1) ? length / 8 : TimeSpan.FromSeconds(1);

    /// <summary>
    /// True while this server may begin something. It ends a quarter of the lease before another one can take the lead; what
    /// is written meanwhile is refused by the home itself.
    /// </summary>
    public bool Leads =>
        !home.IsShared || (home.Fence is not null && home.Clock.GetElapsedTime(Volatile.Read(ref _saidAt)) < length * 0.75);

    /// <summary>The server that leads, as it was seen last; null before that, and where nobody does.</summary>
    public string? Leader =>
        !home.IsShared ? Server
        : _seen is { IsFree: false } seen ? seen.Server
        : null;

    /// <summary>Keeps the lead, or takes it where it is free.</summary>
    /// <returns>What was counted of changes; null where no other server can change anything.</returns>
    public async Task<HomeCounts?> BeatAsync(CancellationToken cancellationToken)
    {
        if (!home.IsShared)
            return null;
        var now = home.Clock.GetTimestamp();
        if (home.Fence is { } fence && IsTimeToSay(now))
        {
            if (await _table.BeatAsync(fence, cancellationToken))
                Volatile.Write(ref _saidAt, now);
            else
                home.Fence = null;
        }

        var (row, counts) = await _table.ReadAsync(cancellationToken);
        if (row != _seen)
            (_seen, _seenAt) = (row, home.Clock.GetTimestamp());
        if (home.Fence is { } mine && (row.Server, row.Number) != (mine.Server, mine.Number))
            home.Fence = null;
        var isLeft = row.IsFree || home.Clock.GetElapsedTime(_seenAt) >= length;
        if (home.Fence is null && isLeft && await _table.TakeAsync(Server, row, cancellationToken) is { } taken)
        {
            Volatile.Write(ref _saidAt, now);
            home.Fence = taken;
            _seen = new(Server, row.Beat + 1, taken.Number);
        }

        return counts;
    }

    // Where each word is a row in a log, one in an eighth of the lease is enough.
    private bool IsTimeToSay(long now) => !home.IsLogged || home.Clock.GetElapsedTime(Volatile.Read(ref _saidAt), now) >= length / 8;

    /// <summary>Gives the lead back.</summary>
    public async Task ResignAsync(CancellationToken cancellationToken)
    {
        if (home.Fence is not { } fence)
            return;
        home.Fence = null;
        await _table.ResignAsync(fence, cancellationToken);
    }
}
