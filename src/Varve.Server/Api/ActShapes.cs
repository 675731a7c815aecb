using NodaTime;
using Varve.Catalog;
using Varve.Databases;
using Varve.Importing;
using Varve.Time;

namespace Varve.Server.Api;

// What a person does to a table by hand, as it is asked and answered. These names are a promise: add, never rename.

/// <summary>Something that cannot be undone: what goes, or what went.</summary>
/// <param name="Done">False where it was only asked what would go.</param>
/// <param name="Confirm">What lets it go; null where nothing would.</param>
/// <param name="Goes">The same for people, line by line.</param>
/// <param name="What">What the command line prints for it.</param>
internal sealed record RemovalShape<T>(bool Done, string? Confirm, IReadOnlyList<string> Goes, T What);

internal sealed record EraseBody(
    IReadOnlyDictionary<string, string?>? Where = null,
    string? From = null,
    string? To = null,
    bool DryRun = false,
    string? Confirm = null
);

internal sealed record ConfirmBody(bool DryRun = false, string? Confirm = null);

internal sealed record ReleaseBody(string? Hold = null, bool DryRun = false, string? Confirm = null);

internal sealed record PruneBody(string OlderThan, IReadOnlyList<string>? Policies = null, bool DryRun = false, string? Confirm = null);

internal sealed record RestoreBody(
    string? From = null,
    string? To = null,
    string? Into = null,
    string? Location = null,
    string? Table = null,
    bool DryRun = false
);

internal sealed record MoveUndoBody(string? From = null, string? To = null, bool Arrived = false, bool DryRun = false);

internal sealed record MoveResumeBody(string? From = null, string? To = null);

/// <summary>What another tool was told, as text; cratedb-toolkit's is read from the database where there is none.</summary>
internal sealed record ImportBody(
    ImportTool Tool,
    string? Text = null,
    string? Called = null,
    string? Aggregation = null,
    string? Schema = null,
    string? Time = null,
    IReadOnlyDictionary<string, string>? Times = null,
    string? Series = null,
    string? Value = null,
    string? Table = null,
    ToolkitCompare Compare = ToolkitCompare.End
);

internal sealed record AdoptSourceBody(bool Same = false);

/// <summary>What a restore would read: parts that the catalog knows.</summary>
internal sealed record RestorePlanShape(string Policy, long Rows, IReadOnlyList<PartShape> Parts);

internal sealed record AdoptedSourceShape(string Policy, Instant Until, long Late, bool Same);

internal sealed record WindowStepsShape(string Policy, string Relation, TimeRange Range, IReadOnlyList<StepRecord> Steps);
