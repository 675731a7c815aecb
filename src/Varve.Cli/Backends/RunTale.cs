using System.Text.Json;
using Varve.Client;
using Varve.Execution;
using Varve.Planning;

namespace Varve.Cli.Backends;

/// <summary>What a server tells of a run, as the events of the library. What a newer server tells besides is passed over.</summary>
internal sealed class RunTale
{
    private readonly Dictionary<string, PlanStep> _steps = [];
    private bool _hasBegun;

    /// <summary>The events that one told event stands for: one, or what a run that nobody told of came to.</summary>
    /// <exception cref="VarveException">The run ended before it looked at any policy.</exception>
    internal IEnumerable<RunEvent> Take(RunFeedEvent told)
    {
        if (told.Kind == "broken")
            throw ServerErrors.Of(Value<ErrorBody>(told.Data, "error"));
        if (told.Kind == RunFeedEvent.Ended)
            return _hasBegun ? [] : Ended(told.Data);
        if (Event(told.Kind, Text(told.Data, "policy") ?? "", told.Data) is not { } happened)
            return [];
        _hasBegun = true;
        return [happened];
    }

    private RunEvent? Event(string kind, string policy, JsonElement data) =>
        kind switch
        {
            "taken-up" => new RunEvent.TakenUp(FromShapes.Applied(ServerCall.Shape<AppliedPolicy>(data))) { Policy = policy },
            "started" => new RunEvent.Started(
                Text(data, "run")!,
                PlanFile.Read(data.GetProperty("plan").GetRawText())[0],
                Value<NodaTime.Instant>(data, "at")
            )
            {
                Policy = policy,
            },
            "step-started" => new RunEvent.StepStarted(Index(data), Total(data), Step(data)) { Policy = policy },
            "step-progress" => new RunEvent.StepProgress(
                Index(data),
                Total(data),
                Step(data),
                Long(data, "doneBytes"),
                Long(data, "bytes"),
                Text(data, "stuck")
            )
            {
                Policy = policy,
            },
            "step-done" => new RunEvent.StepDone(
                Index(data),
                Total(data),
                Step(data),
                new(
                    Long(data, "rowsRead"),
                    Long(data, "rowsWritten"),
                    Long(data, "rowsRemoved"),
                    Value<NodaTime.Duration>(data, "elapsedSeconds"),
                    Text(data, "note")
                )
                {
                    Changes = Value<IReadOnlyList<ProofChange>>(data, "changes"),
                }
            )
            {
                Policy = policy,
            },
            "step-skipped" => new RunEvent.StepSkipped(Index(data), Total(data), Step(data), Text(data, "reason")!) { Policy = policy },
            "step-failed" => new RunEvent.StepFailed(Index(data), Total(data), Step(data), Error(data)) { Policy = policy },
            "waiting" => new RunEvent.Waiting(Value<Wait>(data, "wait")) { Policy = policy },
            "braked" => new RunEvent.Braked(Value<Brake>(data, "brake")) { Policy = policy },
            "postponed" => new RunEvent.Postponed { Policy = policy },
            "failed" => new RunEvent.Failed(Error(data)) { Policy = policy },
            "left-out" => new RunEvent.LeftOut(FromShapes.Problem(Value<ProblemShape>(data, "note"))) { Policy = policy },
            "finished" => new RunEvent.Finished(Summary(data)) { Policy = policy },
            _ => null,
        };

    private static RunSummary Summary(JsonElement data) =>
        new(
            Text(data, "run")!,
            (int)Long(data, "stepsDone"),
            (int)Long(data, "stepsLeft"),
            Long(data, "rowsRead"),
            Long(data, "rowsWritten"),
            Long(data, "rowsRemoved"),
            Value<NodaTime.Duration>(data, "elapsedSeconds"),
            Text(data, "auditHead")!,
            data.GetProperty("stopped").GetBoolean(),
            Planned(data, "next")
        );

    /// <summary>What another server did, or one that was started again since: the run is told by what it came to.</summary>
    private static IEnumerable<RunEvent> Ended(JsonElement run)
    {
        if (!run.TryGetProperty("result", out var told) || told.ValueKind != JsonValueKind.Object)
            throw Why(run);
        foreach (var policy in ServerCall.Shape<RunShape>(told).Policies)
        {
            foreach (var error in policy.Errors)
                yield return new RunEvent.Failed(ServerErrors.Of(error)) { Policy = policy.Policy };
            foreach (var wait in policy.Waits)
                yield return new RunEvent.Waiting(wait) { Policy = policy.Policy };
            if (policy.Outcome == "not-begun")
                yield return new RunEvent.Postponed { Policy = policy.Policy };
            if (policy.RunId is { } id)
                yield return new RunEvent.Finished(
                    new(
                        id,
                        policy.StepsDone,
                        policy.StepsLeft,
                        policy.RowsRead,
                        policy.RowsWritten,
                        policy.RowsRemoved,
                        policy.ElapsedSeconds ?? NodaTime.Duration.Zero,
                        policy.AuditHead ?? "",
                        policy.Outcome == "stopped",
                        null
                    )
                )
                {
                    Policy = policy.Policy,
                };
            if (policy.Brake is { } brake)
                yield return new RunEvent.Braked(brake) { Policy = policy.Policy };
        }
    }

    /// <summary>Why a run did nothing at all.</summary>
    private static EngineException Why(JsonElement run)
    {
        var reason = Text(run, "reason") ?? (run.TryGetProperty("error", out var error) ? Text(error, "message") : null);
        return new(
            Engines.EngineCodes.Lost,
            $"The server ended the run {Text(run, "id")} before it did anything{(reason is null ? "" : $": {reason}")}. Run it again; varve history shows what was done before."
        );
    }

    /// <summary>The step of an event. Told once as a plan has it, and then meant by its place.</summary>
    private PlanStep Step(JsonElement data)
    {
        var key = $"{Text(data, "policy")} {Index(data)}";
        if (Planned(data, "plan") is { } step)
            _steps[key] = step;
        return _steps[key];
    }

    private static PlanStep? Planned(JsonElement data, string name) =>
        data.TryGetProperty(name, out var plan) && plan.ValueKind == JsonValueKind.Object
            ? PlanFile.Read(plan.GetRawText())[0].Steps[0]
            : null;

    private static VarveException Error(JsonElement data) => ServerErrors.Of(Value<ErrorBody>(data, "error"));

    private static int Index(JsonElement data) => (int)Long(data, "index");

    private static int Total(JsonElement data) => (int)Long(data, "total");

    private static long Long(JsonElement data, string name) => data.GetProperty(name).GetInt64();

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static T Value<T>(JsonElement data, string name) => ServerCall.Shape<T>(data.GetProperty(name));
}
