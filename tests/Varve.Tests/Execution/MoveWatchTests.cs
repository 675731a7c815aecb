using NodaTime;
using Varve.Engines;
using Varve.Execution;

namespace Varve.Tests.Execution;

/// <summary>For how long a move may not get on.</summary>
public sealed class MoveWatchTests
{
    private static readonly Duration s_patience = Duration.FromMinutes(10);

    [Theory]
    [InlineData(false, 9, false)]
    [InlineData(false, 10, true)]
    [InlineData(true, 10, false)]
    [InlineData(true, 59, false)]
    [InlineData(true, 60, true)]
    public async Task It_is_given_up_later_where_something_is_being_copied(bool isCopying, int minutes, bool isGivenUp)
    {
        var clock = new Clock();
        var watch = new MoveWatch(clock, s_patience, "cpu");
        var state = new MoveState(5, 10, IsDone: false) { IsCopying = isCopying };
        await watch.WaitAsync(state, default);
        clock.Now += TimeSpan.FromMinutes(minutes);
        var error = await Record.ExceptionAsync(() => watch.WaitAsync(state, default));
        Assert.Equal(isGivenUp, error is EngineException { Code: EngineCodes.Waits });
        Assert.Equal(isGivenUp, error is not null);
    }

    [Fact]
    public async Task What_has_come_begins_the_patience_again()
    {
        var clock = new Clock();
        var watch = new MoveWatch(clock, s_patience, "cpu");
        for (var done = 0; done < 5; done++)
        {
            await watch.WaitAsync(new(done, 10, IsDone: false), default);
            clock.Now += TimeSpan.FromMinutes(9);
        }

        var error = await Assert.ThrowsAsync<EngineException>(async () =>
        {
            clock.Now += TimeSpan.FromMinutes(1);
            await watch.WaitAsync(new(4, 10, IsDone: false) { Stuck = "no node has it" }, default);
        });
        Assert.Contains("no node has it", error.Message, StringComparison.Ordinal);
        Assert.Contains("varve relocate undo cpu", error.Message, StringComparison.Ordinal);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
