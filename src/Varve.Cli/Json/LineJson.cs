using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Varve.Applying;
using Varve.Catalog;
using Varve.Cli.Render;

namespace Varve.Cli.Json;

/// <summary>An object a line, written as it happens.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(WordConverter<ApplyOutcome>),
        typeof(InstantConverter),
        typeof(TableNameConverter),
        typeof(RelationIdConverter),
        typeof(TimeRangeConverter),
        typeof(DurationConverter),
    ]
)]
[JsonSerializable(typeof(RunEventShape))]
internal sealed partial class LineJson : JsonSerializerContext
{
    private static LineJson Readable =>
        field ??= new LineJson(
            new JsonSerializerOptions(((JsonSerializerContext)Default).Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );

    internal static void Print(Screen screen, RunEventShape happened)
    {
        screen.Out.WriteLine(
            $"{{\"format\":\"{DocumentFormats.RunEvent}\",{JsonSerializer.Serialize(happened, Readable.RunEventShape).AsSpan(1)}"
        );
        screen.Out.Flush();
    }
}
