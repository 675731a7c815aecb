using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>Lives through a history on a real database, and checks it after each run.</summary>
public sealed class HistoryRunner(ScratchDatabase db, History history)
{
    private readonly HistoryModel _model = new(history.Policy);
    private Story _story = null!;
    private BucketCheck _check = null!;
    private HistoryTrace _trace = null!;
    private Instant _clock = history.Policy.Start;
    private long _nextId = 1;

    public async Task RunAsync()
    {
        using var cold = new ColdPlace();
        _story = await Story.BeginAsync(db, HistoryTable.Table);
        _story.Archives = cold.Declared;
        _trace = new(_story);
        await ApplyAsync(history.Policy.First);
        _check = new(
            new(
                PolicyYaml.Parse(history.Policy.Yaml(history.Policy.First with { Functions = History.AllFunctions }), "all.yaml")[0].Policy,
                HistoryTable.Table
            )
        );
        foreach (var one in history.Events)
            await HappenAsync(one);
        await EndAsync();
        if (history.Policy.IsArchived)
            await new ArchiveCheck(_story, _model).RunAsync();
    }

    private Duration Units(int units) => Duration.FromHours((long)units * history.Policy.Unit);

    private Task HappenAsync(HistoryEvent one)
    {
        HistoryTrace.Happens(_clock, one);
        return DoAsync(one);
    }

    private Task DoAsync(HistoryEvent one) =>
        one switch
        {
            HistoryEvent.Fresh e => FreshAsync(e),
            HistoryEvent.Late e => InsertAsync(_clock - Units(e.Age), Units(e.Age), e.Rows, e.Seed),
            HistoryEvent.Repeat e => RepeatAsync(e),
            HistoryEvent.Update e => UpdateAsync(e),
            HistoryEvent.Remove e => RemoveAsync(FromNewest(e.FromNewest, e.Count)),
            HistoryEvent.Cron e => RemoveAsync([.. _model.Source.Values.Where(r => r.At < _clock - Units(e.Age))]),
            HistoryEvent.Silence e => Task.FromResult(_clock += Units(e.Span)),
            HistoryEvent.Hold e => HoldAsync(new(_clock - Units(e.Age), _clock - Units(e.Age) + Units(e.Span))),
            HistoryEvent.Release => ReleaseAsync(),
            HistoryEvent.Grow => _model.Revision.Tiers.Contains(history.Policy.Added)
                ? Task.CompletedTask
                : ApplyAsync(_model.Revision.Toggle(history.Policy.Added)),
            HistoryEvent.Change e => ApplyAsync(History.Change(_model.Revision, e, history.Policy.Widths.Count)),
            HistoryEvent.Drop => DropAsync(),
            HistoryEvent.Erase { Span: 0 } e => EraseAsync(
                new("host", HistoryTable.Hosts[e.Host]),
                r => Equals(r.Row.Values[0], HistoryTable.Hosts[e.Host]),
                null,
                isSeries: true
            ),
            HistoryEvent.Erase e => EraseAsync(
                new("host", HistoryTable.Hosts[e.Host]),
                r => Equals(r.Row.Values[0], HistoryTable.Hosts[e.Host]),
                new(_clock - Units(e.Age), _clock - Units(e.Age) + Units(e.Span)),
                isSeries: true
            ),
            HistoryEvent.EraseOne e => FromNewest(e.FromNewest, 1) is [var row]
                ? EraseAsync(new("id", row.Id.ToString(CultureInfo.InvariantCulture)), r => r.Id == row.Id, null, isSeries: false)
                : Task.CompletedTask,
            HistoryEvent.Run e => RunAsync(_clock - Units(e.Lag), null),
            HistoryEvent.Killed e => RunAsync(_clock, new Trip(e.At, e.Moment)),
            HistoryEvent.Busy e => BusyAsync(e),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task ApplyAsync(HistoryRevision revision)
    {
        await _story.ApplyAsync(history.Policy.Yaml(revision));
        _model.Use(_story.Policy, revision);
    }

    // Refused where nothing is retired, where the next run needs it, or where a hold keeps it.
    private async Task DropAsync()
    {
        var error = await Record.ExceptionAsync(() => _story.WithAsync(l => l.DropRetiredAsync(_story.Policy.Name)));
        if (error is PolicyException { Code: "VRV313" })
            return;
        Assert.True(error is null, $"dropping failed: {error}");
        _model.Drop();
    }

    private Task FreshAsync(HistoryEvent.Fresh e)
    {
        _clock += Units(e.Span);
        return InsertAsync(_clock - Units(e.Span), Units(e.Span), e.Rows, e.Seed);
    }

    private Task InsertAsync(Instant from, Duration span, int count, int seed)
    {
        var random = new Random(seed);
        return InsertAsync([
            .. Enumerable.Range(0, count).Select(_ => HistoryTable.Row(_nextId++, HistoryTable.Within(from, span, random), random)),
        ]);
    }

    private async Task InsertAsync(IReadOnlyList<ModelRow> rows)
    {
        if (rows.Count == 0)
            return;
        await _story.InsertAsync(rows.Select(r => r.Row));
        HistoryTrace.Rows("in", rows);
        foreach (var row in rows)
            _model.Insert(row);
    }

    private async Task RepeatAsync(HistoryEvent.Repeat e)
    {
        foreach (var row in FromNewest(e.FromNewest, 1))
        {
            var id = _nextId++;
            await InsertAsync([new(id, row.Row with { Values = [row.Row.Values[0], id, .. row.Row.Values.Skip(2)] })]);
        }
    }

    private async Task UpdateAsync(HistoryEvent.Update e)
    {
        foreach (var row in FromNewest(e.FromNewest, 1))
        {
            var value = e.Value / 1024.0;
            if (Equals(row.Row.Values[HistoryTable.Value], value))
                return;
            await db.ExecuteAsync($"UPDATE m.cpu SET v = {db.Literal(value, ValueKind.Double)} WHERE id = {row.Id}");
            var values = row.Row.Values.ToArray();
            values[HistoryTable.Value] = value;
            _model.Source[row.Id] = row with { Row = row.Row with { Values = values } };
            HistoryTrace.Rows("now", _model.Source[row.Id]);
        }
    }

    private async Task RemoveAsync(IReadOnlyList<ModelRow> rows)
    {
        if (rows.Count == 0)
            return;
        await db.ExecuteAsync($"DELETE FROM m.cpu WHERE id IN ({string.Join(", ", rows.Select(r => r.Id))})");
        HistoryTrace.Rows("out", rows);
        foreach (var row in rows)
            _model.Source.Remove(row.Id);
    }

    private async Task HoldAsync(TimeRange range)
    {
        await _story.WithAsync(l => l.HoldAsync(_story.Policy.Name, null, range, "because", null));
        _model.Holds.Add(range);
        _model.WasEverHeld = true;
    }

    private async Task ReleaseAsync()
    {
        if (_model.Holds.Count == 0)
            return;
        await _story.WithAsync(l => l.ReleaseAsync(_story.Policy.Name, null));
        _model.Holds.Clear();
    }

    private async Task EraseAsync(KeyValuePair<string, string?> where, Func<ModelRow, bool> isMeant, TimeRange? range, bool isSeries)
    {
        var request = new EraseRequest
        {
            Policy = _story.Policy.Name,
            Where = [where],
            Range = range,
        };
        EraseReport? report = null;
        var error = await Record.ExceptionAsync(async () =>
            report = await _story.WithAsync(l => l.EraseAsync(request), new SettableTime(_clock))
        );
        if (_model.Holds.Any(h => h.Overlaps(range ?? TimeRange.All)))
        {
            Assert.True(error is HaltException { Code: "VRV361" }, $"erasing held rows ended with {error}");
            return;
        }

        Assert.True(error is null, $"erasing failed: {error}");
        bool Erased(ModelRow row) => isMeant(row) && (range is null || (row.Row.IsTimed && range.Contains(row.At)));
        HistoryTrace.Rows("erased", _model.Source.Values.Where(Erased));
        await _trace.StateAsync();
        await new EraseCheck(_story, _check, _model, Erased, isSeries ? range ?? TimeRange.All : new(default, default)).RunAsync(report!);
    }

    private IReadOnlyList<ModelRow> FromNewest(int skip, int count) =>
        [
            .. _model
                .Source.Values.OrderByDescending(r => r.At)
                .ThenBy(r => r.Id)
                .Skip(_model.Source.Count == 0 ? 0 : skip % _model.Source.Count)
                .Take(count),
        ];

    private async Task RunAsync(Instant asOf, Trip? trip)
    {
        await _trace.PlanAsync(asOf);
        if (trip is not null)
        {
            var error = await Record.ExceptionAsync(() => TripAsync(asOf, trip));
            Assert.True(error is null or DeathException, $"a killed run ended with {error}");
        }

        var outcome = await _story.RunAsync(asOf);
        await _trace.StateAsync();
        Assert.True(outcome.Errors.Count == 0, $"a run failed: {string.Join("; ", outcome.Errors.Select(e => e.ToString()))}");
        Assert.True(
            outcome.Skipped.Count == 0,
            $"a run skipped: {string.Join("; ", outcome.Skipped.Select(s => $"{s.Step.Kind} {s.Step.Relation} {s.Step.Touches}: {s.Reason}"))}"
        );
        await new HistoryCheck(_story, _check, _model, asOf).RunAsync();
    }

    private async Task<RunOutcome> TripAsync(Instant asOf, Trip trip)
    {
        await using var inner = await db.OpenAsync();
        var lifecycle = new Lifecycle(
            new Database(new TrippingEngine(inner.Engine, trip), inner.Name),
            new() { Archives = _story.Archives }
        );
        return await RunOutcome.OfAsync(lifecycle, new RunOptions { AsOf = asOf, Yes = true });
    }

    // Which steps saw the rows is not known; what the run after it sees is.
    private async Task BusyAsync(HistoryEvent.Busy e)
    {
        var random = new Random(e.Seed);
        List<ModelRow> rows =
        [
            .. Enumerable
                .Range(0, e.Rows)
                .Select(_ => HistoryTable.Row(_nextId++, HistoryTable.Within(_clock - Units(e.Age), Units(e.Age), random), random)),
        ];
        var came = false;
        var outcome = await TripAsync(_clock, new(e.At, e.Moment, Come));
        Assert.True(
            outcome.Errors.Count == 0,
            $"a run failed while rows came: {string.Join("; ", outcome.Errors.Select(error => error.Message))}"
        );
        if (!came)
            Come();
        HistoryTrace.Rows("in while it ran", rows);
        _model.InsertDuring(rows);
        await RunAsync(_clock, null);

        void Come()
        {
            came = true;
            _story.InsertAsync(rows.Select(r => r.Row)).GetAwaiter().GetResult();
        }
    }

    // No rule may wait for ever: with a live source everything older goes in the end.
    private async Task EndAsync()
    {
        await ReleaseAsync();
        HistoryTrace.Happens(_clock, new HistoryEvent.Run(0));
        await RunAsync(_clock, null);
        if (_model.SourceKeep is not { } keep)
            return;
        _clock += keep + Duration.FromDays(3);
        HistoryTrace.Happens(_clock, new HistoryEvent.Run(0));
        await InsertAsync([HistoryTable.Row(_nextId++, _clock - Duration.FromMinutes(1), new Random(1))]);
        await RunAsync(_clock, null);
        await RunAsync(_clock, null);
        var waits = (await _story.PlanAsync(InstantText.Format(_clock))).Waits;
        foreach (var row in _model.Source.Values.Where(r => r.At < _model.Cutoff(_clock) - Duration.FromDays(2) && !IsExcused(r, waits)))
            Assert.Fail(
                $"#{row.Id} {InstantText.Format(row.At)} is past its keep and does not go; waits: {string.Join("; ", waits.Select(w => w.Reason))}"
            );
    }

    // A coarser bucket that may be cut does not count it.
    private bool IsStuck(ModelRow row) =>
        Enumerable
            .Range(0, _model.Tiers.Count)
            .Any(i =>
                _model.Grids.Input(i) is >= 0 and var input
                && _model.Tiers[i].Buckets.GetValueOrDefault(_model.Grids.Grid(i).BucketOf(row.At).From) is { } bucket
                && bucket.Range.From < _model.Tiers[input].Expired
                && !bucket.Has(row.Id)
            );

    // Late rows stay where they are not merged, and with them what cannot be told from them.
    private bool IsExcused(ModelRow row, IReadOnlyList<Wait> waits)
    {
        var buckets = Enumerable
            .Range(0, _model.Tiers.Count)
            .Select(i => _model.Tiers[i].Buckets.GetValueOrDefault(_model.Grids.Grid(i).BucketOf(row.At).From))
            .OfType<ModelBucket>()
            .ToList();
        var isMixed = buckets.Exists(b =>
            b.IsOpen || b.IsMixed || _model.Source.Values.Any(r => b.Range.Contains(r.At) && _model.Suspects.Contains(r.Id))
        );

        // Others removed rows of a bucket around it, or the tier went that could tell: which rows are counted is not known.
        var around = _model.Tiers.SelectMany(t => t.Buckets.Values).Where(b => buckets.Exists(o => o.Range.Overlaps(b.Range)));
        if (
            waits.Any(w => w.NeedsPerson && w.Range.Contains(row.At))
            && (
                _model.IsShrunk
                || IsStuck(row)
                || around.Any(b => b.IsMixed || b.Content.Any(r => !_model.Source.ContainsKey(r.Id) && !_model.Removed.Contains(r.Id)))
            )
        )
            return true;
        if (_model.Revision.LateRows is LateAfterExpiry.Hold)
            return isMixed || _model.Suspects.Contains(row.Id);
        return isMixed && (_model.IsGrown || waits.Any(w => w.NeedsPerson && w.Range.Contains(row.At)));
    }
}
