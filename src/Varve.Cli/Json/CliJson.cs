using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Varve.Cli.Render;

namespace Varve.Cli.Json;

/// <summary>Everything that <c>--output json</c> can print, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    Converters = [typeof(InstantConverter), typeof(TableNameConverter), typeof(TimeRangeConverter), typeof(DurationConverter)])]
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
[JsonSerializable(typeof(TagsShape))]
[JsonSerializable(typeof(VerifyShape))]
[JsonSerializable(typeof(HoldShape))]
[JsonSerializable(typeof(CountShape))]
[JsonSerializable(typeof(EraseShape))]
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
    private static CliJson Readable => field ??= new CliJson(new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    internal static void Print<T>(Screen screen, T value)
    {
        screen.Out.WriteLine(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)(Readable.GetTypeInfo(typeof(T)) ?? throw new System.Diagnostics.UnreachableException())));
        screen.Out.Flush();
    }
}
