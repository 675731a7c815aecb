using Varve.Engines;
using Varve.Server.Connections;

namespace Varve.Server.Tests.Crowds;

/// <summary>Many who ask for the same at the same time are answered by one look, which begins after they came.</summary>
public sealed class SharedLooksTests
{
    private readonly RequestTurns _turns = new(1, 10, TimeSpan.FromMinutes(1), "metrics", TimeProvider.System);
    private readonly TaskCompletionSource _busy = new();
    private readonly SharedLooks _looks;
    private int _done;

    public SharedLooksTests() => _looks = new(_turns);

    [Fact]
    public async Task Those_who_wait_for_the_same_get_one_answer_and_who_comes_later_another()
    {
        var first = Busy();
        var same = Enumerable.Range(0, 5).Select(_ => AskAsync("a")).ToList();
        var other = AskAsync("b");
        await QueuedAsync(2);
        _busy.SetResult();
        await first;
        Assert.NotEqual(await other, Assert.Single((await Task.WhenAll(same)).Distinct()));
        Assert.Equal(2, _done);
        Assert.Equal(3, await AskAsync("a"));
    }

    [Fact]
    public async Task Who_asks_while_it_is_under_way_is_not_told_what_was_before()
    {
        var begun = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        var first = _looks.TakeAsync(
            "a",
            async _ =>
            {
                begun.SetResult();
                await end.Task;
                return 100;
            },
            default
        );
        await begun.Task;
        var second = AskAsync("a");
        end.SetResult();
        Assert.Equal((100, 1), (await first, await second));
    }

    [Fact]
    public async Task Who_leaves_leaves_the_others_and_what_nobody_waits_for_is_not_begun()
    {
        var first = Busy();
        using var one = new CancellationTokenSource();
        using var both = new CancellationTokenSource();
        var left = AskAsync("a", one.Token);
        var stays = AskAsync("a");
        var gone = new[] { AskAsync("b", both.Token), AskAsync("b", both.Token) };
        await QueuedAsync(2);
        await one.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await both.CancelAsync();
        foreach (var asked in gone)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await QueuedAsync(1);
        var again = AskAsync("b");
        await QueuedAsync(2);
        _busy.SetResult();
        await first;
        Assert.Equal((1, 2), (await stays, await again));
    }

    [Fact]
    public async Task What_goes_wrong_is_told_to_all_who_waited_and_to_nobody_after_them()
    {
        var first = Busy();
        var failing = Enumerable
            .Range(0, 3)
            .Select(_ => _looks.TakeAsync<int>("a", _ => throw new EngineException("VRV999", "broken"), default))
            .ToList();
        await QueuedAsync(1);
        _busy.SetResult();
        await first;
        foreach (var asked in failing)
            Assert.Equal("VRV999", (await Assert.ThrowsAsync<EngineException>(() => asked)).Code);
        Assert.Equal(1, await AskAsync("a"));
    }

    private Task<int> Busy() =>
        _turns.TakeAsync(
            async () =>
            {
                await _busy.Task;
                return 0;
            },
            default
        );

    private Task<int> AskAsync(string what, CancellationToken cancellationToken = default) =>
        _looks.TakeAsync(what, _ => Task.FromResult(Interlocked.Increment(ref _done)), cancellationToken);

    private async Task QueuedAsync(int count)
    {
        while (_turns.Waiting != count)
            await Task.Delay(1);
    }
}
