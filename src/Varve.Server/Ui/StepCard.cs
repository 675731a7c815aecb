using Varve.Catalog;

namespace Varve.Server.Ui;

/// <summary>One step as it is kept: what it counted, and what was run.</summary>
internal static class StepCard
{
    internal static Html Of(StepRecord step) =>
        $"""
            <article class="step"><header class="head"><h3>{step.Kind} <small>{step.Reason}</small></h3>
            <p class="facts">{Words.Badge(
                step.Status == StepStatus.Done ? "good"
                    : step.Status == StepStatus.Failed ? "bad"
                    : "idle",
                step.Status.Word()
            )} {Words.Time(step.FinishedAt)} <span>run <code>{step.Run[..Math.Min(10, step.Run.Length)]}</code></span></p></header>
            <p>{Words.Number(step.RowsIn)} read, {Words.Number(step.RowsWritten)} written, {Words.Number(
                step.RowsRemoved
            )} removed. {step.Note}</p>
            <p class="hint">{step.Ranges}</p>
            {(
                (step.Executed ?? step.Statement) is { } sql
                    ? (Html)$"""<details><summary>What was run</summary><pre class="sql">{sql}</pre></details>"""
                    : Html.None
            )}</article>
            """;
}
