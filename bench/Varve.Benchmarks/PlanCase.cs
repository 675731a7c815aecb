using System.Collections.Frozen;
using System.Diagnostics;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Benchmarks;

/// <summary>The pure planner: 10,000 policies whose ledgers have 1,000 ranges, one in a hundred with something to do.</summary>
internal static class PlanCase
{
    private const int PolicyCount = 10_000;
    private const int RangeCount = 1_000;

    private static readonly Instant s_asOf = Data.Start + Duration.FromHours(2 * RangeCount);
    private static readonly RangeSet s_lost = RangeSet.Of(Enumerable.Range(0, RangeCount).Select(i => Hour(2 * i)));

    public static async IAsyncEnumerable<Figure> MeasureAsync()
    {
        await Task.CompletedTask;
        var blueprint = Lay();
        TableState[] states = [.. Enumerable.Range(0, PolicyCount).Select(i => State(blueprint, busy: i % 100 == 0))];
        var seconds = double.MaxValue;
        var (steps, bytes) = (0, 0L);
        for (var round = 0; round < 5; round++)
        {
            steps = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var begun = Stopwatch.GetTimestamp();
            foreach (var state in states)
                steps += Planner.Plan(blueprint, state, s_asOf).Steps.Count;
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(begun).TotalSeconds);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        yield return new("plan, 10,000 policies")
        {
            Seconds = seconds,
            Rows = steps,
            Note = FormattableString.Invariant(
                $"{bytes / 1048576.0:0} MiB allocated, {bytes / PolicyCount / 1024.0:0.0} KiB a policy; rows are steps"
            ),
        };
    }

    private static PolicyLayout Lay()
    {
        var policy = PolicyYaml.Parse(PolicyTexts.Cascade("smallest"), "bench.yaml")[0].Policy;
        var table = new TableDescription(
            new("main", "raw"),
            IsView: false,
            [
                new("ts", new ColumnType.Timestamp(TimeUnit.Microseconds), "TIMESTAMP"),
                new("sensor_id", new ColumnType.Integer(), "INTEGER"),
                new("value", new ColumnType.Float(), "DOUBLE"),
            ]
        );
        return LayoutRules.Resolve(
            policy,
            table,
            new(int.MaxValue, int.MaxValue, _ => false),
            TimeRange.Since(NodaConstants.UnixEpoch),
            []
        )!;
    }

    /// <summary>Every other hour of the finest tier was lost; all else is covered, but for the last hour of a busy policy.</summary>
    private static TableState State(PolicyLayout blueprint, bool busy)
    {
        var relations = blueprint.Tiers.ToDictionary(t => t.Id, t => Whole(t, busy));
        var finest = relations[blueprint.Tiers[0].Id];
        relations[blueprint.Tiers[0].Id] = finest with { Lost = s_lost, Covered = finest.Covered.Except(s_lost) };
        return new()
        {
            Ledger = Ledger.Empty("") with
            {
                Revision = 1,
                PublishedRevision = 1,
                ConfirmedRevision = 1,
                Relations = relations.ToFrozenDictionary(),
            },
            Rows = 1_000_000,
            First = Data.Start,
            Last = s_asOf - Duration.FromSeconds(10),
        };
    }

    private static RelationLedger Whole(TierLayout tier, bool busy) =>
        new()
        {
            Created = true,
            Covered = RangeSet.Of(new TimeRange(Data.Start, tier.Grid.Floor(s_asOf - Duration.FromHours(busy ? 1 : 0)))),
        };

    private static TimeRange Hour(int number) => new(Data.Start + Duration.FromHours(number), Data.Start + Duration.FromHours(number + 1));
}
