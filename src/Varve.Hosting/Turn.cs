using NodaTime;
using Varve.Execution;
using Varve.Policies;
using Varve.Scheduling;

namespace Varve.Hosting;

/// <summary>A scheduled policy: from when on its instants count, and how its newest run ended.</summary>
internal sealed class Turn(Policy policy, Instant armed, Instant? succeeded)
{
    private static readonly Duration s_firstRest = Duration.FromMinutes(1);
    private static readonly Duration s_longestRest = Duration.FromHours(1);

    private readonly Timetable _times = new(policy.Schedule!, policy.Zone, policy.Name);
    private Instant _armed = armed;
    private Instant? _succeeded = succeeded;
    private Instant? _rests;

    public string Name => policy.Name;

    /// <summary>Whether a policy that was read again has the same schedule.</summary>
    public bool IsOf(Policy other) => other.Schedule!.Text == policy.Schedule!.Text && other.Zone == policy.Zone;

    public VarveState State { get; private set; }

    public Instant? Ran { get; private set; }

    public int Failures { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>When it is to be looked at next; null for never.</summary>
    public Instant? Wakes => _times.Next(_armed)?.Due is { } next ? Instant.Max(next, _rests ?? next) : null;

    /// <summary>Whether it runs now. What its schedule leaves out is passed over.</summary>
    public bool IsDue(Instant now)
    {
        switch (_times.Decide(_armed, now))
        {
            case Decision.Rearm rearm:
                _armed = rearm.From;
                return false;
            case Decision.Skip skip:
                _armed = skip.At.Scheduled;
                return false;
            case Decision.Fire fire when !(_rests > now):
                _armed = fire.At.Scheduled;
                return true;
            default:
                return false;
        }
    }

    /// <summary>It was done, or waits for a person.</summary>
    public void Took(IReadOnlyList<RunResult> results, Instant now)
    {
        (Ran, _succeeded, _rests, Failures) = (now, now, null, 0);
        var waiting = results.FirstOrDefault(r => !r.IsWhole);
        State = waiting is null ? VarveState.Done : VarveState.NeedsPerson;
        Reason = waiting?.Brake is { } brake
            ? $"a removal waits for the word {brake.Hash}: {brake.Reason}"
            : waiting?.Waits.FirstOrDefault(w => w.NeedsPerson)?.Reason;
    }

    /// <summary>
    /// It failed: it rests for a minute, then two, four, up to an hour, and holds up nobody. The same instant is tried again
    /// then.
    /// </summary>
    public void Failed(VarveException error, Instant now, Instant before)
    {
        (Ran, State, Reason) = (now, VarveState.Failed, $"{error.Code}: {error.Message}");
        _armed = before;
        Failures++;
        _rests = now + Duration.Min(s_longestRest, s_firstRest * (1L << Math.Min(Failures - 1, 10)));
    }

    /// <summary>Somebody else has the database for a moment, which is no fault of the policy.</summary>
    public void Postponed(Instant now, Instant before) => (_armed, _rests) = (before, now + Duration.FromSeconds(15));

    public Instant Armed => _armed;

    public VarveStanding Standing(Instant now) =>
        new(
            Name,
            State,
            Wakes,
            Ran,
            Failures,
            policy.Schedule!.ExpectWithin is { } within && (_succeeded ?? _armed) + within.Shortest < now,
            Reason
        );
}
