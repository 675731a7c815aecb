using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>What stands beside each part: whose it is, what it holds and what it must add up to, and a hash of all that.</summary>
public sealed partial record ArchiveManifest
{
    /// <summary>What <c>format</c> says.</summary>
    public const string Name = "varve-archive/1";

    private static readonly ManifestJson s_json = new(
        new JsonSerializerOptions(((JsonSerializerContext)ManifestJson.Default).Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NewLine = "\n",
        }
    );

    /// <summary><see cref="Name"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The source, schema.table.</summary>
    public required string Table { get; init; }

    /// <summary>The time column.</summary>
    public required string Time { get; init; }

    /// <summary>The unit of an integer time column; null for a timestamp or a date.</summary>
    public TimeUnit? Unit { get; init; }

    /// <summary>The first instant of the range, in UTC.</summary>
    public required string From { get; init; }

    /// <summary>The first instant behind the range.</summary>
    public required string To { get; init; }

    /// <summary>The number of the part, from 1 on.</summary>
    public required int Part { get; init; }

    /// <summary>Its rows.</summary>
    public required long Rows { get; init; }

    /// <summary>The bytes of its file.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of its file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The sum of the hashes of its rows, as decimal digits.</summary>
    public required string RowHash { get; init; }

    /// <summary>What made <see cref="RowHash"/>.</summary>
    public required string HashedBy { get; init; }

    /// <summary>The columns in their order.</summary>
    public required IReadOnlyList<ColumnTotals> Columns { get; init; }

    /// <summary>SHA-256 of this manifest without this line, lower-case hex.</summary>
    public string? ManifestSha256 { get; init; }

    /// <summary>The range of the rows.</summary>
    [JsonIgnore]
    public TimeRange Range => new(InstantText.Parse(From), InstantText.Parse(To));

    /// <summary>What the rows add up to.</summary>
    [JsonIgnore]
    internal PartContent Content => new(Rows, RowHash, HashedBy, Columns);

    /// <summary>As it stands beside the part, with its own hash.</summary>
    public string Write() => Text(this with { ManifestSha256 = Hash() });

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is no manifest, one of another format, or it was edited; the message goes on from
    /// "it".</exception>
    public static ArchiveManifest Read(string text)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(text, s_json.ArchiveManifest) ?? throw new FormatException("is null");
            if (manifest.Format != Name)
                throw new FormatException($"says \"format\": \"{manifest.Format}\", and this version of Varve reads \"{Name}\"");
            if (manifest.ManifestSha256 != manifest.Hash())
                throw new FormatException("was edited: its own hash does not fit what it says");
            return manifest.Problem() is { } wrong
                ? throw new FormatException($"is no manifest of an archive ({wrong.TrimEnd('.')})")
                : manifest;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            throw new FormatException($"is no manifest of an archive ({wrong.Message.TrimEnd('.')})", wrong);
        }
    }

    /// <summary>What it says that no part can have; null for nothing.</summary>
    private string? Problem()
    {
        try
        {
            if (Range.IsEmpty)
                return "its range is empty";
            if (Columns.Any(c => c is null))
                return "a column is null";
            _ = TableName.Parse(Table);
            return BigInteger.TryParse(RowHash, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? null
                : $"rowHash is {RowHash}, and no number";
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            return wrong.Message;
        }
    }

    private string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(this with { ManifestSha256 = null }))));

    private static string Text(ArchiveManifest manifest) => JsonSerializer.Serialize(manifest, s_json.ArchiveManifest) + "\n";

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        UseStringEnumConverter = true,
        WriteIndented = true
    )]
    [JsonSerializable(typeof(ArchiveManifest))]
    private sealed partial class ManifestJson : JsonSerializerContext;
}

/// <summary>A column of a part and what its values add up to; NULLs are left out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the engine writes it.</param>
/// <param name="Count">Values.</param>
/// <param name="Min">The least as text, cut behind 1,000 characters; null for none, and for nested values.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Sum">The sum of integers as digits.</param>
/// <param name="Total">The sum of other numbers that are finite.</param>
/// <param name="Magnitude">The sum of their magnitudes: <paramref name="Total"/> is right to 1e-9 of it.</param>
public sealed record ColumnTotals(
    string Name,
    string Type,
    long Count,
    string? Min,
    string? Max,
    string? Sum,
    double? Total,
    double? Magnitude
);
