using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;

namespace Varve.Engines.Tests.Conformance;

/// <summary>What a run tells those who watch it: spans, metrics, log messages.</summary>
public abstract class WatchConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Usual = "keep: 3d\ntiers: [{ every: 1h, keep: 10d }, { every: 1d }]";

    private readonly string _policy = $"watched {Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_run_and_its_steps_are_spans()
    {
        var (watched, outcome) = await WatchAsync(new() { Yes = true });
        var run = Assert.Single(watched.Spans, s => s.OperationName == "varve.run");
        Assert.Equal(
            (outcome.Summary.RunId, "2025-01-07T00:00:00Z", "done"),
            (run.GetTagItem("varve.run.id"), run.GetTagItem("varve.as_of"), run.GetTagItem("varve.outcome"))
        );
        Assert.Equal(ActivityStatusCode.Unset, run.Status);
        var steps = watched.Spans.Where(s => s.OperationName == "varve.step").ToList();
        Assert.Equal(
            outcome.Done.Select(s => (s.Kind, s.Relation.Text)),
            steps.Select(s => ((string)s.GetTagItem("varve.step.kind")!, (string)s.GetTagItem("varve.relation")!))
        );
        Assert.All(steps, s => Assert.Equal((run.SpanId, "done"), (s.ParentSpanId, s.GetTagItem("varve.outcome"))));
        Assert.Equal(72L, Assert.Single(steps, s => s.GetTagItem("varve.step.kind") is "expire").GetTagItem("varve.rows.removed"));
        Assert.All(watched.Spans, s => Assert.Equal("plant", s.GetTagItem("app.database")));
    }

    [Fact]
    public async Task Runs_steps_and_rows_are_counted()
    {
        var (watched, outcome) = await WatchAsync(new() { Yes = true });
        Assert.Equal(outcome.Summary.RowsRead, watched.Sum("varve.rows.read"));
        Assert.Equal(outcome.Summary.RowsWritten, watched.Sum("varve.rows.written"));
        Assert.Equal(72, watched.Sum("varve.rows.removed"));
        Assert.Equal(72, watched.Sum("varve.rows.removed", "varve.relation", RelationId.Source.Text));
        Assert.Equal(144, watched.Sum("varve.rows.written", "varve.relation", "1h"));
        Assert.Equal(outcome.Done.Count, watched.Sum("varve.steps", "varve.outcome", "done"));
        Assert.Equal(outcome.Done.Count(s => s is PlanStep.RollUp), watched.Sum("varve.steps", "varve.step.kind", "rollup"));
        Assert.Equal(outcome.Done.Count, watched.Measured.Count(m => m.Instrument == "varve.step.duration"));
        Assert.Equal((1, 1), (watched.Sum("varve.runs"), watched.Sum("varve.runs", "varve.outcome", "done")));
        Assert.All(watched.Measured, m => Assert.Equal("plant", m.Tags["app.database"]));
    }

    [Fact]
    public async Task A_run_is_logged_from_its_begin_to_its_end_with_what_it_removed()
    {
        var (watched, outcome) = await WatchAsync(new() { Yes = true });
        Assert.DoesNotContain(watched.Messages, m => m.Level > LogLevel.Information);
        string[] expected =
        [
            FormattableString.Invariant(
                $"{_policy}: run {outcome.Summary.RunId} as of 2025-01-07T00:00:00Z begins, {outcome.Done.Count} steps"
            ),
            $"{_policy}: 72 rows of source were removed",
        ];
        var told = watched.Messages.Where(m => m.Level == LogLevel.Information).Select(m => m.Text).ToList();
        Assert.Equal(expected, told[..^1]);
        Assert.StartsWith(
            FormattableString.Invariant($"{_policy}: run {outcome.Summary.RunId} done, {outcome.Done.Count} steps done, 0 left, "),
            told[^1],
            StringComparison.Ordinal
        );
        Assert.Equal(2 * outcome.Done.Count, watched.Messages.Count(m => m.Level == LogLevel.Debug));
        Assert.All(outcome.Done, step => Assert.Contains(watched.Messages, m => m.Text == $"{_policy}: {PlanText.Describe(step)} begins"));
    }

    [Fact]
    public async Task A_brake_is_a_warning_and_an_outcome()
    {
        var (watched, outcome) = await WatchAsync(new());
        Assert.Contains(
            outcome.Brake!.Hash,
            Assert.Single(watched.Messages, m => m.Level == LogLevel.Warning).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(1, watched.Sum("varve.runs", "varve.outcome", "braked"));
        Assert.Equal("braked", Assert.Single(watched.Spans, s => s.OperationName == "varve.run").GetTagItem("varve.outcome"));
    }

    [Fact]
    public async Task A_run_whose_turn_does_not_come_is_counted()
    {
        var (watched, _) = await WatchAsync(new() { For = Duration.Zero });
        Assert.Equal(1, watched.Sum("varve.runs", "varve.outcome", "postponed"));
        Assert.Equal(LogLevel.Information, Assert.Single(watched.Messages).Level);
        Assert.Empty(watched.Spans);
    }

    [Fact]
    public async Task A_step_that_fails_is_an_error_with_its_code()
    {
        var (watched, outcome) = await WatchAsync(new() { Yes = true }, "CREATE TABLE m.cpu_1h_states (x INTEGER)");
        var error = outcome.Events.OfType<RunEvent.StepFailed>().First().Error;
        var step = watched.Spans.First(s => s.OperationName == "varve.step");
        Assert.Equal(
            ("failed", "VRV135", ActivityStatusCode.Error),
            (step.GetTagItem("varve.outcome"), step.GetTagItem("error.type"), step.Status)
        );
        Assert.Equal("failed", watched.Spans.Single(s => s.OperationName == "varve.run").GetTagItem("varve.outcome"));
        Assert.Contains(watched.Messages, m => m.Level == LogLevel.Error && m.Error == error);
        Assert.Equal(outcome.Events.OfType<RunEvent.StepFailed>().Count(), watched.Sum("varve.steps", "varve.outcome", "failed"));
    }

    [Fact]
    public async Task A_run_that_fails_before_its_first_step_is_an_error_with_its_code()
    {
        var (watched, outcome) = await WatchAsync(new() { Yes = true }, "DROP TABLE m.cpu");
        var run = Assert.Single(watched.Spans);
        Assert.Equal(
            ("failed", "VRV130", ActivityStatusCode.Error),
            (run.GetTagItem("varve.outcome"), run.GetTagItem("error.type"), run.Status)
        );
        Assert.Equal(outcome.Errors.Single(), Assert.Single(watched.Messages, m => m.Level == LogLevel.Error).Error);
        Assert.Equal(1, watched.Sum("varve.runs", "varve.outcome", "failed"));
    }

    private async Task<(Watched Watched, RunOutcome Outcome)> WatchAsync(RunOptions options, string? before = null)
    {
        await BeginAsync($"policy: {_policy}\n{Policy(Usual)}", Every("2025-01-01", "2025-01-07", "1h"));
        if (before is not null)
            await Db.ExecuteAsync(before);
        using var watched = new Watched(_policy);
        await using var database = await Db.OpenAsync();
        var lifecycle = new Lifecycle(
            database,
            new()
            {
                LoggerFactory = watched,
                TimeProvider = new SettableTime(At("2025-02-01")),
                TelemetryTags = new Dictionary<string, string> { ["app.database"] = "plant" },
            }
        );
        return (watched, await RunOutcome.OfAsync(lifecycle, options with { AsOf = At("2025-01-07") }));
    }
}
