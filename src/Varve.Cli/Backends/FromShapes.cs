using Varve.Archiving;
using Varve.Catalog;
using Varve.Execution;
using Varve.Importing;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Proposing;
using Varve.Time;

namespace Varve.Cli.Backends;

/// <summary>What the JSON of command line and server says, as the values that the library would have given for it.</summary>
internal static class FromShapes
{
    internal static Problem Problem(ProblemShape shape) =>
        new(shape.Code, shape.Message)
        {
            IsWarning = shape.IsWarning,
            ExitCode = shape.ExitCode ?? ExitCode.Usage,
            Position = shape.File is { } file ? new(file, shape.Line ?? 1, shape.Column ?? 1) : null,
        };

    internal static PolicyDraft Draft(InitPolicy shape) => new(shape.Policy, TableName.Parse(shape.Table), shape.Yaml);

    internal static ImportResult Imported(ImportShape shape) =>
        new([.. shape.Policies.Select(p => new ImportedPolicy(p.Policy, TableName.Parse(p.Table), p.Yaml))], shape.Left);

    internal static StoredPolicy Stored(PolicyShape shape) =>
        new(
            // A policy of a pattern is written as the pattern, and is of its own name and table.
            PolicyYaml.Parse(shape.Yaml!, "").Select(d => d.Policy).First() with
            {
                Name = shape.Policy,
                Table = TableName.Parse(shape.Table),
            },
            shape.Revision,
            shape.Hash,
            shape.Yaml!,
            shape.AppliedAt,
            shape.AppliedBy
        )
        {
            Pattern = shape.Pattern,
        };

    internal static PatternReport Pattern(PatternShape shape) =>
        new(Stored(shape.Pattern), [.. shape.Tables.Select(TableName.Parse)], [.. shape.LeftOut.Select(Problem)]);

    internal static ApplyResult Applied(AppliedPolicy shape) =>
        new(shape.Policy, shape.Revision, shape.Outcome, [.. shape.Notes.Select(Problem)]) { Pattern = shape.Pattern };

    internal static PolicyStatus Status(PolicyStanding shape, Policy policy) =>
        new()
        {
            Policy = policy,
            Revision = shape.Revision,
            AsOf = shape.AsOf,
            Relations = [.. shape.Relations.Select(Relation)],
            FrozenLate = shape.FrozenLate,
            Future = shape.Future,
            Timeless = shape.Timeless,
            OutOfRange = shape.OutOfRange,
            Holds = shape.Holds,
            Waits = shape.Waits,
            Brake = shape.Brake,
            StepsDue = shape.StepsDue,
            NextExpiry = shape.NextExpiry,
            LastRun = shape.LastRun,
            LastError = shape.LastError,
            Notes = [.. shape.Notes.Select(Problem)],
            Pattern = shape.Pattern,
            Failure = shape.Failure is { } failure ? Problem(failure) : null,
        };

    private static RelationStatus Relation(RelationShape r) =>
        new(new(r.Relation), r.Table, r.Rows, r.Bytes, r.First, r.Last, r.CoveredUntil, r.BehindSeconds, r.Dirty, r.Cut, r.Lost)
        {
            IsRetired = r.IsRetired,
        };

    internal static StepRecord Step(StepLine s) =>
        new(
            s.Run,
            s.Ordinal,
            s.Kind,
            new(s.Relation),
            string.Join(' ', s.Ranges),
            s.Reason,
            s.Status,
            s.Statement,
            s.RowsIn,
            s.RowsWritten,
            s.RowsRemoved,
            s.StartedAt,
            s.FinishedAt,
            s.Note
        )
        {
            Executed = s.Executed,
        };

    internal static VerifyReport Verified(VerifiedTier v) =>
        new(v.Policy, v.Tier.Length > 0 ? new(v.Tier) : null, RangeSet.Of(v.Checked), v.Buckets, v.Mismatches)
        {
            Failure = v.Failure is { } failure ? Problem(failure) : null,
        };

    internal static ViewsReport Views(RepairedPolicy r) =>
        new(r.Policy, [.. r.Views.Select(TableName.Parse)], r.IsLeft) { Failure = r.Failure is { } failure ? Problem(failure) : null };

    internal static TakenBack TakenBack(TakenBackShape shape) =>
        new(shape.Range, PlaceOf(shape.From), shape.To is { } to ? PlaceOf(to) : null, shape.Bytes, shape.HasArrived);

    // As its text is made: a value of an attribute stands behind it.
    private static Place PlaceOf(string text) => text.Split('=', 2) is [var attribute, var value] ? new(value, attribute) : new(text);

    internal static EraseReport Erased(EraseShape shape, IReadOnlyList<ArchivedPart> archived) =>
        new(
            shape.Policy,
            shape.Range,
            shape.Rows,
            [.. shape.Tiers.Select(t => new ErasedTier(new(t.Relation), t.Removed, RangeSet.Of(t.Rebuilt), RangeSet.Of(t.Kept)))],
            [.. shape.Archives.SelectMany(named => archived.Where(p => $"{p.Location}:{p.File}" == named).Take(1))]
        );

    internal static PolicyForecast Forecast(ForecastPairShape shape, Policy policy) =>
        new(shape.Policy, Forecast(shape.Stored, policy), Forecast(shape.Changed, policy))
        {
            Failure = shape.Failure is { } failure ? Problem(failure) : null,
        };

    private static Forecast? Forecast(ForecastShape? shape, Policy policy) =>
        shape is null
            ? null
            : new()
            {
                Policy = policy,
                Revision = shape.Revision,
                AsOf = shape.AsOf,
                Until = shape.Until,
                Relations =
                [
                    .. shape.Relations.Select(r => new RelationForecast(
                        new(r.Relation),
                        r.Table,
                        r.Keep is { } keep ? Keep.Parse(keep) : null
                    )
                    {
                        Rate = r.Rate,
                        Points = r.Points,
                        SteadyFrom = r.SteadyFrom,
                        IsNew = r.IsNew,
                    }),
                ],
                Total = shape.Total,
                Archive = shape.Archive,
                Notes = shape.Notes,
            };

    /// <summary>A part as far as it is told; its hash and its run stay with the server, which compares them.</summary>
    internal static ArchivedPart Part(PartShape p) =>
        new(p.Policy, p.Location, p.Range, p.Part, p.File)
        {
            Rows = p.Rows,
            Bytes = p.Bytes,
            RowHash = "",
            HashedBy = "",
            Sha256 = p.Sha256,
            Run = "",
            WrittenAt = p.WrittenAt,
            ProvenAt = p.ProvenAt,
        };

    internal static ArchiveReport Archives(ArchiveReportShape shape) =>
        new([.. shape.Parts.Select(p => new PartCheck(Part(p), p.Problem))], [.. shape.Unknown.Select(u => (u.Location, u.File))])
        {
            BeingPruned = [.. shape.BeingPruned.Select(Part)],
        };

    internal static ArchivePruning Pruning(PruningShape shape) =>
        new([.. shape.Parts.Select(Part)], [.. shape.Held.Select(Part)]) { Begun = [.. shape.Begun.Select(Part)] };

    internal static RestoreResult Restored(RestoredShape shape) =>
        new(TableName.Parse(shape.Table), shape.Parts, shape.Rows, RangeSet.Of(shape.Ranges), shape.Unknown);
}
