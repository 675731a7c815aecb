using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Varve.Catalog;
using Varve.Cli.Render;
using Varve.Diagnosis;
using Varve.Planning;

namespace Varve.Cli.Json;

/// <summary>Everything that <c>--output json</c> can print, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    Converters = [
        typeof(WordConverter<ApplyOutcome>),
        typeof(WordConverter<RunStatus>),
        typeof(WordConverter<Severity>),
        typeof(WordConverter<StepStatus>),
        typeof(WordConverter<ForecastRows>),
        typeof(WordConverter<ForecastBytes>),
        typeof(InstantConverter),
        typeof(TableNameConverter),
        typeof(RelationIdConverter),
        typeof(TimeRangeConverter),
        typeof(DurationConverter),
    ]
)]
[JsonSerializable(typeof(ErrorShape))]
[JsonSerializable(typeof(InitShape))]
[JsonSerializable(typeof(ImportShape))]
[JsonSerializable(typeof(CheckShape))]
[JsonSerializable(typeof(ApplyShape))]
[JsonSerializable(typeof(RunShape))]
[JsonSerializable(typeof(StatusShape))]
[JsonSerializable(typeof(HistoryShape))]
[JsonSerializable(typeof(StepsShape))]
[JsonSerializable(typeof(AuditShape))]
[JsonSerializable(typeof(AuditVerdictShape))]
[JsonSerializable(typeof(PolicyListShape))]
[JsonSerializable(typeof(PolicyShape))]
[JsonSerializable(typeof(PatternShape))]
[JsonSerializable(typeof(TagsShape))]
[JsonSerializable(typeof(VerifyShape))]
[JsonSerializable(typeof(RepairShape))]
[JsonSerializable(typeof(HoldShape))]
[JsonSerializable(typeof(CountShape))]
[JsonSerializable(typeof(EraseShape))]
[JsonSerializable(typeof(MoveUndoShape))]
[JsonSerializable(typeof(DiffListShape))]
[JsonSerializable(typeof(DroppedShape))]
[JsonSerializable(typeof(RetypedListShape))]
[JsonSerializable(typeof(DoctorShape))]
[JsonSerializable(typeof(GrantsShape))]
[JsonSerializable(typeof(CompactShape))]
[JsonSerializable(typeof(StatementsShape))]
[JsonSerializable(typeof(ArchiveListShape))]
[JsonSerializable(typeof(RepositoryListShape))]
[JsonSerializable(typeof(ArchiveReportShape))]
[JsonSerializable(typeof(PruningShape))]
[JsonSerializable(typeof(AgainShape))]
[JsonSerializable(typeof(RestoredShape))]
[JsonSerializable(typeof(ForecastListShape))]
[JsonSerializable(typeof(VersionShape))]
internal sealed partial class CliJson : JsonSerializerContext
{
    // Text for people and scripts, never for a web page: … and ≈ stay what they are.
    private static CliJson Readable =>
        field ??= new CliJson(
            new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );

    internal static void Print<T>(Screen screen, T value)
    {
        var text = JsonSerializer.Serialize(
            value,
            (JsonTypeInfo<T>)(Readable.GetTypeInfo(typeof(T)) ?? throw new System.Diagnostics.UnreachableException())
        );
        screen.Out.WriteLine($"{{\n  \"format\": \"{DocumentFormats.Of(typeof(T))}\",{text.AsSpan(1)}");
        screen.Out.Flush();
    }
}
