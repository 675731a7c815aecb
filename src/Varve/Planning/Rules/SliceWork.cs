using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What is due and what is past its time, slice by slice, oldest first: each is rolled up before it goes.</summary>
internal sealed class SliceWork
{
    private readonly TableState _state;
    private readonly Due _due;
    private readonly Expiry _expiry;

    public SliceWork(ProjectedLedger draft, TableState state, Cutoffs horizon)
    {
        _state = state;
        _due = new Due(draft, horizon);
        _expiry = new Expiry(draft, horizon);
        if (draft.Start is not { } start || (!_due.Any && !_expiry.Any))
            return;
        var from = Instant.Max(start, Instant.Min(_due.Start, _expiry.Start));
        Range = new(from, Instant.Max(Instant.Max(horizon.Closed, _expiry.End), from + Duration.Epsilon));
        Rows = _expiry.Any || _due.ReadsSource ? state.Rows : _due.Inputs.Max(i => state.Tiers.GetValueOrDefault(i)?.Rows ?? 0);
    }

    /// <summary>From the oldest instant that there is work for; null where there is none.</summary>
    public TimeRange? Range { get; }

    /// <summary>The rows that are read.</summary>
    public long Rows { get; }

    /// <summary>Adds the steps to the draft; without removals also what is archived for them.</summary>
    public void Add(bool removes)
    {
        if (Range is null)
            return;
        foreach (var end in Slices.Ends(_state, Rows, Range))
        {
            // What an earlier slice had to leave, because a bucket of a coarser tier ends in this one, is asked for again.
            _due.Build(end);
            if (removes)
                _expiry.Remove(end);
            else
                _expiry.Archive(end);
        }
    }
}
