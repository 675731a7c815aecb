using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Varve.Server;

/// <summary>JSON as the command line writes it too.</summary>
internal static class ServerJson
{
    internal static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web));

    internal static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new TableNameConverter());
        options.Converters.Add(new RelationIdConverter());
        options.Converters.Add(new TimeRangeConverter());
        options.Converters.Add(new DurationConverter());
        return options;
    }

    internal static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);
}
