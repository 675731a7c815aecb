using Microsoft.Extensions.Time.Testing;
using Varve.Engines;
using Varve.Server.Connections;

namespace Varve.Server.Tests.Crowds;

/// <summary>Requests at one database take turns.</summary>
public sealed class RequestTurnsTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(2);

    // What does not come at all fails a test instead of holding it up; how long something takes is measured by the fake clock.
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource<int> _end = new();
    private readonly List<string> _order = [];

    [Fact]
    public async Task They_come_in_the_order_in_which_they_asked_and_whoever_has_gone_is_left_out()
    {
        var turns = new RequestTurns(1, 10, s_long, "metrics", _clock);
        var first = turns.TakeAsync(() => _end.Task, default);
        using var gone = new CancellationTokenSource();
        var a = turns.TakeAsync(() => NoteAsync("a"), default);
        var b = turns.TakeAsync(() => NoteAsync("b"), gone.Token);
        var c = turns.TakeAsync(() => NoteAsync("c"), default);
        var d = turns.TakeAsync(() => NoteAsync("d"), default);
        Assert.Equal(4, turns.Waiting);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => b.WaitAsync(s_guard));
        Assert.Equal(3, turns.Waiting);
        Assert.Empty(_order);
        _end.SetResult(0);
        await Task.WhenAll(first, a, c, d);
        Assert.Equal(["a", "c", "d"], _order);
        Assert.Equal(0, turns.Waiting);
    }

    [Fact]
    public async Task So_many_have_their_turn_at_once_and_no_more()
    {
        var turns = new RequestTurns(2, 10, s_long, "metrics", _clock);
        var both = new[] { turns.TakeAsync(() => _end.Task, default), turns.TakeAsync(() => _end.Task, default) };
        Assert.Equal(0, turns.Waiting);
        var third = turns.TakeAsync(() => NoteAsync("third"), default);
        Assert.Equal(1, turns.Waiting);
        _end.SetResult(0);
        await Task.WhenAll([.. both, third]);
    }

    [Fact]
    public async Task A_turn_that_failed_is_over()
    {
        var turns = new RequestTurns(1, 0, s_long, "metrics", _clock);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<FormatException>(() => turns.TakeAsync<int>(() => throw new FormatException(), default));
    }

    [Fact]
    public async Task One_too_many_is_refused_before_it_waits()
    {
        var turns = new RequestTurns(1, 1, s_long, "metrics", _clock);
        var first = turns.TakeAsync(() => _end.Task, default);
        var second = turns.TakeAsync(() => NoteAsync("second"), default);
        var refused = await Assert.ThrowsAsync<EngineException>(() => turns.TakeAsync(() => NoteAsync("third"), default));
        Assert.Equal((ServerCodes.Crowded, true), (refused.Code, refused.IsTransient));
        Assert.StartsWith("metrics has too much to do: 1 requests wait for it already. Nothing was begun.", refused.Message);
        _end.SetResult(0);
        await Task.WhenAll(first, second);
        Assert.Equal(["second"], _order);
    }

    [Fact]
    public async Task Whoever_would_wait_too_long_is_told_so_and_leaves_the_queue()
    {
        var turns = new RequestTurns(1, 10, s_long, "metrics", _clock);
        var first = turns.TakeAsync(() => _end.Task, default);
        var second = turns.TakeAsync(() => NoteAsync("second"), default);
        var left = s_long - TimeSpan.FromMilliseconds(1);
        _clock.Advance(left);
        var third = turns.TakeAsync(() => NoteAsync("third"), default);
        Assert.Equal(2, turns.Waiting);
        _clock.Advance(s_long - left);
        var refused = await Assert.ThrowsAsync<EngineException>(() => second.WaitAsync(s_guard));
        Assert.Equal((ServerCodes.Crowded, true), (refused.Code, refused.IsTransient));
        Assert.Contains("within 120 s. Nothing was begun.", refused.Message);
        Assert.Equal(1, turns.Waiting);
        _end.SetResult(0);
        await Task.WhenAll(first, third);
        Assert.Equal(["third"], _order);
    }

    [Fact]
    public async Task A_turn_that_has_begun_has_no_limit()
    {
        var turns = new RequestTurns(1, 10, s_long, "metrics", _clock);
        var first = turns.TakeAsync(() => _end.Task, default);
        var second = turns.TakeAsync(() => NoteAsync("second"), default);
        _clock.Advance(s_long / 2);
        _end.SetResult(1);
        await Task.WhenAll(first, second);
        Assert.Equal(["second"], _order);
        var third = turns.TakeAsync(() => new TaskCompletionSource<int>().Task, default);
        _clock.Advance(s_long * 2);
        Assert.False(third.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_of_either_kind_at_one_database_wait_ten_seconds_at_most(bool isLong)
    {
        await using var connection = new ServerConnection(
            new("metrics", DatabaseUrl.Parse("duckdb:nowhere.duckdb"), "acme", 1, ConnectionSetting.File),
            new() { TimeProvider = _clock }
        );
        var turns = isLong ? connection.LongTurns : connection.ShortTurns;
        var crowd = Enumerable.Range(0, connection.AtOnce).Select(_ => turns.TakeAsync(() => _end.Task, default)).ToList();
        Func<Lifecycle, Task<int>> work = _ => throw new InvalidOperationException("It had no turn.");
        var waits = isLong ? connection.UseLongAsync("ann", work, default) : connection.UseAsync("ann", work, default);
        _clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, connection.Waiting);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ServerCodes.Crowded, (await Assert.ThrowsAsync<EngineException>(() => waits.WaitAsync(s_guard))).Code);
        Assert.Equal(0, connection.Waiting);
        _end.SetResult(0);
        await Task.WhenAll(crowd);
    }

    private Task<int> NoteAsync(string name)
    {
        lock (_order)
            _order.Add(name);
        return Task.FromResult(0);
    }
}
