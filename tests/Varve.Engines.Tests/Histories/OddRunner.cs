using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.Reading;
using Varve.Time;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// Lives through an odd life on a real database. After each whole run: every row is in the source or counted once in each tier
/// that should have it, the stitched view and a query of any width add up to the same, and verify finds nothing.
/// </summary>
public sealed class OddRunner(ScratchDatabase db, OddLife life)
{
    private static readonly string?[] s_widths = [null, "1h", "1d", "1w", "1mo", "1y"];

    private readonly List<Instant> _rows = [];
    private Story _story = null!;
    private Instant _clock = life.Start;
    private Instant? _unseen;
    private bool _isOther;
    private bool _isEdited;

    public async Task RunAsync()
    {
        _story = await Story.BeginAsync(
            db,
            new(
                new("m", "cpu"),
                "ts",
                TimeKind.Timestamp,
                [new("host", ValueKind.Text), new("v", ValueKind.Double), new("came", ValueKind.Moment)]
            ),
            life.Yaml()
        );
        foreach (var one in life.Events)
            await HappenAsync(one);
        await RunWholeAsync();

        // No rule may wait for ever: in the end everything goes but what came too late.
        _clock += Duration.FromDays(200);
        await InsertAsync(_clock - Duration.FromHours(1), Duration.Zero, 1, 1);
        await RunWholeAsync();
        await RunWholeAsync();
        var plan = await _story.PlanAsync(InstantText.Format(_clock));
        Assert.True(plan.Steps.Count == 0, $"there is always something to do: {string.Join("; ", plan.Steps.Select(s => s.Key))}");
        var late = (await StatusAsync()).FrozenLate.Rows;
        var left = (await _story.SourceAsync()).Count(r => r.At < _clock - Duration.FromDays(150));
        Assert.True(
            left <= late,
            $"{left} old rows are left, and {late} came too late; waits: {string.Join("; ", plan.Waits.Select(w => w.Reason))}"
        );
    }

    private Task HappenAsync(OddEvent one) =>
        one switch
        {
            OddEvent.Fresh e => FreshAsync(e),
            OddEvent.Late e => LateAsync(e),
            OddEvent.Stray e => InsertAsync(e.At, Duration.Zero, 1, 0),
            OddEvent.Update e => UpdateAsync(e),
            OddEvent.Swap => SwapAsync(),
            OddEvent.Widen => WidenAsync(),
            OddEvent.Run => RunWholeAsync(),
            OddEvent.Stopped e => StopAsync(e),
            OddEvent.Killed e => DieAsync(e),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    // Late rows are seen while they are watched: what is older is found by the proof, or by verify.
    private async Task FreshAsync(OddEvent.Fresh e)
    {
        var from = _clock;
        if (_unseen < from + Duration.FromHours(e.Hours) - OddLife.Recheck)
            await RunWholeAsync();
        _clock += Duration.FromHours(e.Hours);
        await InsertAsync(from, _clock - from, e.Rows, e.Seed);
    }

    private Task LateAsync(OddEvent.Late e)
    {
        var age = Duration.FromHours(e.Age);
        _unseen = Instant.Min(_unseen ?? Instant.MaxValue, _clock - age);
        return InsertAsync(_clock - age, age, e.Rows, e.Seed);
    }

    private Task InsertAsync(Instant from, Duration span, int count, int seed)
    {
        var random = new Random(seed);
        List<SourceRow> rows =
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    SourceRow.Of(
                        HistoryTable.Within(from, span, random),
                        HistoryTable.Hosts[random.Next(3)],
                        random.Next(1 << 20) / 1024.0,
                        Came(random)
                    )
                ),
        ];
        _rows.AddRange(rows.Select(r => r.At!.Value).Where(at => at < OddLife.EndOfRange));
        return _story.InsertAsync(rows);
    }

    // Now and then a clock is ahead, by a day or by a century.
    private Instant Came(Random random) =>
        random.Next(8) switch
        {
            0 => _clock + Duration.FromHours(23),
            1 => _clock + Duration.FromDays(36_500),
            _ => _clock,
        };

    // Outside of what is watched only the proof and verify find it.
    private async Task UpdateAsync(OddEvent.Update e)
    {
        var rows = (await _story.SourceAsync()).Where(r => r.At < _clock).OrderByDescending(r => r.At).Skip(e.FromNewest).Take(1).ToList();
        if (rows.Count == 0)
            return;
        await db.ExecuteAsync(
            $"UPDATE m.cpu SET v = {db.Literal(e.Value / 1024.0, ValueKind.Double)} WHERE ts = {db.TimeLiteral(rows[0].At, TimeKind.Timestamp)}"
        );
        _isEdited = true;
    }

    // Values have ten bits behind the point and twenty before it: what is added can be taken away again, exactly.
    private async Task SwapAsync()
    {
        var before = (await _story.SourceAsync()).Count;
        await db.ExecuteAsync("UPDATE m.cpu SET v = v + 1000000");
        var outcome = await _story.RunAsync(_clock);
        if (outcome.Errors.Count == 0)
        {
            // Too little is there to tell it from a correction: the tiers follow it.
            _isEdited = true;
            return;
        }

        Assert.True(outcome.Errors.All(e => e.Code == "VRV334"), $"a run on another table failed: {string.Join("; ", outcome.Errors)}");
        Assert.Equal(before, (await _story.SourceAsync()).Count);
        await db.ExecuteAsync("UPDATE m.cpu SET v = v - 1000000");
        await RunWholeAsync();
    }

    private Task WidenAsync()
    {
        _isOther = !_isOther;
        return _story.ApplyAsync(life.Yaml(_isOther));
    }

    private async Task StopAsync(OddEvent.Stopped e)
    {
        var plan = await _story.PlanAsync(InstantText.Format(_clock));
        var outcome = await _story.RunAsync(
            _clock,
            new RunOptions { Yes = true, Plans = [plan with { Steps = [.. plan.Steps.Take(e.Steps)] }] }
        );
        Assert.True(outcome.Errors.Count == 0, $"a run that was stopped failed: {string.Join("; ", outcome.Errors)}");
    }

    private async Task DieAsync(OddEvent.Killed e)
    {
        var error = await Record.ExceptionAsync(async () =>
        {
            await using var inner = await db.OpenAsync();
            var lifecycle = new Lifecycle(new Database(new TrippingEngine(inner.Engine, new(e.At, e.Moment)), inner.Name));
            await RunOutcome.OfAsync(lifecycle, new RunOptions { AsOf = _clock, Yes = true });
        });
        Assert.True(error is null or DeathException, $"a killed run ended with {error}");
        await RunWholeAsync();
    }

    private async Task RunWholeAsync()
    {
        var outcome = await _story.RunAsync(_clock);
        Assert.True(outcome.Errors.Count == 0, $"a run failed: {string.Join("; ", outcome.Errors)}");
        Assert.True(
            outcome.Skipped.Count == 0,
            $"a run skipped: {string.Join("; ", outcome.Skipped.Select(s => $"{s.Step.Key}: {s.Reason}"))}"
        );
        _unseen = null;
        if (_rows.Count > 0)
            await CheckAsync();
    }

    private async Task CheckAsync()
    {
        var status = await StatusAsync();
        Assert.True(
            !status.Waits.Any(w => w.NeedsPerson),
            $"a person is asked for: {string.Join("; ", status.Waits.Select(w => w.Reason))}"
        );
        var expected = _rows.Count - status.FrozenLate.Rows;
        var shown = await SumAsync("cpu_all");
        Assert.True(shown == expected, $"the stitched view counts {shown} of {_rows.Count} rows, {status.FrozenLate.Rows} of them late");
        await TierAsync(status.FrozenLate.Rows);
        if (!_isEdited)
            await VerifyAsync();
        foreach (var width in s_widths)
            await QueryAsync(width, expected);
    }

    private async Task VerifyAsync()
    {
        foreach (var report in await _story.WithAsync(l => l.VerifyAsync(Selection.Of(_story.Policy.Name))))
            Assert.True(
                report.Mismatches.Count == 0,
                $"verify finds {report.Tier} different at {string.Join(", ", report.Mismatches.Select(m => m.Bucket))}"
            );
    }

    // The last tier is kept for ever, so that it counts every row of each bucket that is closed.
    private async Task TierAsync(long late)
    {
        var grids = new Truth.TrueTiers(_story.Policy, new(life.Start - Duration.FromDays(1), life.Start + Duration.FromDays(1)));
        var grid = grids.Grid(grids.Count - 1);
        var closed = _rows.Count(r => r < _clock && grid.BucketOf(r).To + Duration.FromHours(1) <= _clock);
        var stored = await SumAsync($"cpu_{grids.Name(grids.Count - 1)}");
        Assert.True(
            stored <= closed && stored >= closed - late,
            $"{grids.Name(grids.Count - 1)} counts {stored} of {closed} rows in closed buckets, {late} rows are late"
        );
    }

    private async Task QueryAsync(string? width, long expected)
    {
        var request = new QueryRequest
        {
            Policy = _story.Policy.Name,
            From = _rows.Min(),
            To = _rows.Max() + Duration.FromSeconds(1),
            Every = width,
            Points = width is null ? 50 : null,
        };
        QueryAnswer answer;
        try
        {
            answer = await _story.WithAsync(l => l.QueryAsync(request));
        }
        catch (PolicyException refused) when (refused.Code.StartsWith("VRV32", StringComparison.Ordinal))
        {
            return;
        }

        var at = answer.Columns.ToList().IndexOf("varve_rows");
        var counted = answer.Rows.Sum(r => Convert.ToInt64(r[at], CultureInfo.InvariantCulture));
        var isNamed = answer.Notes.Any(n => n.Contains("is not in this answer", StringComparison.Ordinal));
        Assert.True(
            counted == expected || (isNamed && counted < expected),
            $"a query of {width ?? "50 points"} counts {counted} rows and not {expected}; {string.Join("; ", answer.Notes)}"
        );
    }

    private async Task<long> SumAsync(string relation) =>
        Convert.ToInt64(
            (await db.QueryAsync($"SELECT CAST(coalesce(sum(varve_rows), 0) AS BIGINT) FROM m.{relation}"))[0][0],
            CultureInfo.InvariantCulture
        );

    private Task<Planning.PolicyStatus> StatusAsync() => _story.StatusAsync(InstantText.Format(_clock));
}
