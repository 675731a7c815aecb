using NodaTime;
using Varve.Hosting;
using Varve.Policies;
using Varve.Time;

namespace Varve.Server.Tests.Hosting;

/// <summary>When a policy of an application runs: by the same rules as in the server.</summary>
public sealed class TurnTests
{
    private static readonly Instant Noon = InstantText.Parse("2026-03-01T12:00Z");

    [Fact]
    public void What_was_missed_is_one_run()
    {
        var turn = Every("1h", Noon);
        Assert.False(turn.IsDue(Noon + Duration.FromMinutes(59)));
        Assert.True(turn.IsDue(Noon + Duration.FromHours(30)));
        Assert.False(turn.IsDue(Noon + Duration.FromHours(30)));
        Assert.Equal(Noon + Duration.FromHours(31), turn.Wakes);
    }

    [Fact]
    public void A_clock_that_is_set_back_fires_nothing_twice_and_goes_on()
    {
        var turn = Every("1h", Noon);
        Assert.True(turn.IsDue(Noon + Duration.FromDays(1)));
        Assert.False(turn.IsDue(Noon));
        Assert.True(turn.IsDue(Noon + Duration.FromHours(1)));
    }

    [Fact]
    public void A_failure_rests_twice_as_long_each_time_up_to_an_hour_and_the_same_instant_is_tried_again()
    {
        var turn = Every("1m", Noon);
        var now = Noon + Duration.FromMinutes(1);
        List<double> rests = [];
        for (var failures = 0; failures < 9; failures++)
        {
            var before = turn.Armed;
            Assert.True(turn.IsDue(now));
            turn.Failed(new EngineException("VRV401", "The disk is full.", isTransient: false), now, before);
            var until = turn.Wakes!.Value;
            Assert.False(turn.IsDue(until - Duration.Epsilon));
            rests.Add((until - now).TotalMinutes);
            now = until;
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], rests);
        Assert.Equal((VarveState.Failed, 9), (turn.State, turn.Failures));
        Assert.True(turn.IsDue(now));
        turn.Took([], now);
        Assert.Equal((VarveState.Done, 0), (turn.State, turn.Failures));
    }

    [Fact]
    public void Nothing_that_succeeded_within_what_is_expected_is_overdue()
    {
        var turn = new Turn(Policy("schedule: { every: 1h, expect_within: 3h }"), Noon, Noon);
        Assert.False(turn.Standing(Noon + Duration.FromHours(3)).IsOverdue);
        Assert.True(turn.Standing(Noon + Duration.FromHours(4)).IsOverdue);
        turn.Took([], Noon + Duration.FromHours(4));
        Assert.False(turn.Standing(Noon + Duration.FromHours(5)).IsOverdue);
    }

    private static Turn Every(string period, Instant armed) => new(Policy($"schedule: {{ every: {period} }}"), armed, null);

    private static Policy Policy(string schedule) =>
        PolicyYaml.Parse($"policy: cpu\ntable: cpu\ntime: ts\nkeep: 30d\n{schedule}\n", "").Single().Policy;
}
