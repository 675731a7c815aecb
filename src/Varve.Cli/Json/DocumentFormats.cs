using System.Collections.Frozen;

namespace Varve.Cli.Json;

/// <summary>
/// What each document says that it is: its name and the number of its form, which changes where a reader of the old one would
/// be misled.
/// </summary>
internal static class DocumentFormats
{
    internal const string Answer = "varve-answer/1";

    internal const string RunEvent = "varve-run-event/1";

    private static readonly FrozenDictionary<Type, string> s_names = new Dictionary<Type, string>
    {
        [typeof(ErrorShape)] = "error",
        [typeof(InitShape)] = "init",
        [typeof(ImportShape)] = "import",
        [typeof(CheckShape)] = "check",
        [typeof(ApplyShape)] = "apply",
        [typeof(RunShape)] = "run",
        [typeof(StatusShape)] = "status",
        [typeof(HistoryShape)] = "history",
        [typeof(StepsShape)] = "steps",
        [typeof(AuditShape)] = "audit",
        [typeof(AuditVerdictShape)] = "audit-verdict",
        [typeof(PolicyListShape)] = "policies",
        [typeof(PolicyShape)] = "policy",
        [typeof(PatternShape)] = "pattern",
        [typeof(TagsShape)] = "tags",
        [typeof(VerifyShape)] = "verify",
        [typeof(RepairShape)] = "repair",
        [typeof(HoldShape)] = "hold",
        [typeof(CountShape)] = "count",
        [typeof(EraseShape)] = "erase",
        [typeof(MoveUndoShape)] = "relocate-undo",
        [typeof(DiffListShape)] = "diff",
        [typeof(DroppedShape)] = "dropped",
        [typeof(RetypedListShape)] = "retyped",
        [typeof(DoctorShape)] = "doctor",
        [typeof(GrantsShape)] = "grants",
        [typeof(CompactShape)] = "compact",
        [typeof(StatementsShape)] = "statements",
        [typeof(ArchiveListShape)] = "archive",
        [typeof(RepositoryListShape)] = "repositories",
        [typeof(ArchiveReportShape)] = "archive-report",
        [typeof(PruningShape)] = "pruning",
        [typeof(AgainShape)] = "again",
        [typeof(RestoredShape)] = "restored",
        [typeof(ForecastListShape)] = "forecast",
        [typeof(VersionShape)] = "version",
    }.ToFrozenDictionary();

    /// <summary>All documents that have a shape, by their names.</summary>
    internal static IEnumerable<(Type Shape, string Name)> All =>
        s_names.Select(n => (n.Key, n.Value)).OrderBy(n => n.Value, StringComparer.Ordinal);

    internal static string Of(Type shape) => $"varve-{s_names[shape]}/1";
}
