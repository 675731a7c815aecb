using System.Text.Json;
using System.Text.Json.Serialization;

namespace Varve.Contracts;

/// <summary>The members of an enumeration as words: lower case, with hyphens.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
