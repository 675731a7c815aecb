using System.Text.Json;
using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>Reads the canonical JSON of a policy.</summary>
internal static class PolicyJsonReader
{
    private static readonly HashSet<string> Keys = new(StringComparer.Ordinal)
    {
        "policy",
        "table",
        "except",
        "time",
        "unit",
        "series",
        "measures",
        "interval",
        "keep",
        "expire",
        "partition",
        "seal",
        "relocate",
        "archive",
        "tiers",
        "late",
        "recheck",
        "proof",
        "arrival",
        "min_coverage",
        "zone",
        "on_silence",
        "late_after_expiry",
        "proof_changes",
        "ties",
        "schema",
        "views",
        "tags",
        "schedule",
    };

    private static readonly HashSet<string> MeasureKeys = new(StringComparer.Ordinal) { "name", "column", "functions", "ties", "unit" };

    private static readonly HashSet<string> ArchiveKeys = new(StringComparer.Ordinal) { "to", "drill" };

    private static readonly HashSet<string> HopKeys = new(StringComparer.Ordinal) { "after", "attribute", "to" };

    private static readonly HashSet<string> PartitionKeys = new(StringComparer.Ordinal) { "by", "every", "zone", "origin" };

    private static readonly HashSet<string> TierKeys = new(StringComparer.Ordinal) { "every", "keep", "zone", "origin", "name" };

    internal static Policy Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            return Policy(document.RootElement);
        }
        catch (Exception wrong)
            when (wrong is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new PolicyException(PolicyCodes.WrongValue, $"This is not the JSON of a policy: {wrong.Message}", wrong);
        }
    }

    private static Policy Policy(JsonElement json)
    {
        Known(json, Keys);
        var policy = new Policy
        {
            Name = Need(json, "policy"),
            Table = TableName.ParsePattern(Need(json, "table")),
            Except = [.. Names(json, "except").Select(TableName.ParsePattern)],
            Time = Need(json, "time"),
            Unit = Enum<TimeUnit>(json, "unit"),
            Measures = Measures(json),
            Interval = Keep(json, "interval"),
            Keep = Keep(json, "keep") ?? Time.Keep.Forever,
            Relocate = [.. Items(json, "relocate").Select(Hop)],
            Archive = json.TryGetProperty("archive", out var archive) ? Archive(archive) : null,
            Tiers = [.. Items(json, "tiers").Select(Tier)],
            Late = Keep(json, "late") ?? Time.Keep.Zero,
            Recheck = Keep(json, "recheck"),
            Proof = Enum<Proof>(json, "proof") ?? default,
            Arrival = Text(json, "arrival"),
            MinCoverage = json.TryGetProperty("min_coverage", out var share) ? share.GetDouble() : 0,
            Zone = Text(json, "zone") ?? "UTC",
            OnSilence = Enum<OnSilence>(json, "on_silence") ?? default,
            ExpireBy = Enum<ExpireBy>(json, "expire") ?? default,
            Seal = Enum<Seal>(json, "seal") ?? default,
            Partition = json.TryGetProperty("partition", out var partition) ? Partition(partition) : null,
            LateAfterExpiry = Enum<LateAfterExpiry>(json, "late_after_expiry") ?? default,
            ProofChanges = Enum<ProofChanges>(json, "proof_changes") ?? default,
            Ties = Enum<Ties>(json, "ties") ?? default,
            Schema = Text(json, "schema"),
            Views = !json.TryGetProperty("views", out var views) || views.GetBoolean(),
            Tags = Names(json, "tags"),
            Schedule = json.TryGetProperty("schedule", out var schedule) ? ScheduleJson.Read(schedule) : null,
        };
        return json.TryGetProperty("series", out _) ? policy with { Series = Names(json, "series") } : policy;
    }

    private static IReadOnlyList<Measure>? Measures(JsonElement json) =>
        json.TryGetProperty("measures", out var measures) && measures.ValueKind == JsonValueKind.String
            ? measures.ValueEquals("auto")
                ? null
                : throw new FormatException("measures is auto or a list")
            : [.. Items(json, "measures").Select(Measure)];

    private static Measure Measure(JsonElement json)
    {
        Known(json, MeasureKeys);
        return new()
        {
            Name = Need(json, "name"),
            Column = Text(json, "column") ?? Need(json, "name"),
            Functions = [.. Names(json, "functions").Select(Value<Function>)],
            Ties = Enum<Ties>(json, "ties"),
            Unit = Text(json, "unit"),
        };
    }

    private static Archive Archive(JsonElement json)
    {
        Known(json, ArchiveKeys);
        return new(Need(json, "to"), json.TryGetProperty("drill", out var drill) && drill.GetBoolean());
    }

    private static PartitionWidth Partition(JsonElement json)
    {
        Known(json, PartitionKeys);
        return new(Need(json, "by"), Width.Parse(Need(json, "every")))
        {
            Zone = Text(json, "zone"),
            Origin = Text(json, "origin") is { } origin ? InstantText.Parse(origin) : NodaConstants.UnixEpoch,
        };
    }

    private static Hop Hop(JsonElement json)
    {
        Known(json, HopKeys);
        return new(Time.Keep.Parse(Need(json, "after")), new(Need(json, "to"), Text(json, "attribute")));
    }

    private static Tier Tier(JsonElement json)
    {
        Known(json, TierKeys);
        return new()
        {
            Every = Width.Parse(Need(json, "every")),
            Keep = Keep(json, "keep") ?? Time.Keep.Forever,
            Zone = Text(json, "zone"),
            Origin = Text(json, "origin") is { } origin ? InstantText.Parse(origin) : NodaConstants.UnixEpoch,
            Name = Text(json, "name"),
        };
    }

    // A key that is not known was written by a newer Varve: to leave it out would be to ignore it.
    internal static void Known(JsonElement json, HashSet<string> keys)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!keys.Contains(property.Name))
                throw new FormatException($"the key \"{property.Name}\" is not known to this version of Varve");
        }
    }

    private static string Need(JsonElement json, string key) =>
        Text(json, key) ?? throw new FormatException($"the key \"{key}\" is missing");

    internal static string? Text(JsonElement json, string key) => json.TryGetProperty(key, out var value) ? value.GetString() : null;

    internal static Keep? Keep(JsonElement json, string key) => Text(json, key) is { } text ? Time.Keep.Parse(text) : null;

    private static IEnumerable<JsonElement> Items(JsonElement json, string key) =>
        json.TryGetProperty(key, out var list) ? list.EnumerateArray() : [];

    internal static IReadOnlyList<string> Names(JsonElement json, string key) =>
        [.. Items(json, key).Select(e => e.GetString() ?? throw new FormatException($"\"{key}\" holds a null"))];

    internal static T? Enum<T>(JsonElement json, string key)
        where T : struct, Enum => Text(json, key) is { } text ? Value<T>(text) : null;

    private static T Value<T>(string text)
        where T : struct, Enum =>
        System.Enum.GetNames<T>().FirstOrDefault(name => PolicyKeys.Lower(name) == text) is { } found
            ? System.Enum.Parse<T>(found)
            : throw new FormatException($"\"{text}\" is none of {string.Join(", ", System.Enum.GetNames<T>().Select(PolicyKeys.Lower))}");
}
