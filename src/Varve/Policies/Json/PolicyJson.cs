using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>
/// The canonical text of a policy: JSON without blanks, keys in one order, durations in their canonical spelling, and
/// nothing that equals its default, so that a key that is added later changes no stored hash.
/// </summary>
public static class PolicyJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The canonical JSON; two policies that say the same have the same text.</summary>
    /// <param name="policy">The policy; its names are Unicode text.</param>
    public static string Canonical(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
            Write(json, policy);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="Canonical"/> writes; the result has the same canonical text.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="PolicyException">It is not the JSON of a policy, or of a newer Varve.</exception>
    public static Policy Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return PolicyJsonReader.Read(json);
    }

    /// <summary>SHA-256 of the canonical JSON in UTF-8, as lower-case hexadecimal digits.</summary>
    /// <param name="policy">The policy.</param>
    public static string Hash(Policy policy) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(policy))));

    private static void Write(Utf8JsonWriter json, Policy policy)
    {
        json.WriteStartObject();
        json.WriteString("policy", policy.Name);
        json.WriteString("table", policy.Table.Text);
        if (policy.Except.Count > 0)
            Names(json, "except", policy.Except.Select(t => t.Text));
        json.WriteString("time", policy.Time);
        if (policy.Unit is { } unit)
            json.WriteString("unit", Text(unit));
        if (policy.SaysSeries)
            Names(json, "series", policy.Series);
        Measures(json, policy.Measures);
        if (policy.Interval is { } interval)
            json.WriteString("interval", interval.Text);
        if (!policy.Keep.IsForever)
            json.WriteString("keep", policy.Keep.Text);
        Hops(json, policy.Relocate);
        Archive(json, policy.Archive);
        Tiers(json, policy.Tiers);
        if (policy.Late.Longest != Duration.Zero)
            json.WriteString("late", policy.Late.Text);
        if (policy.Recheck is { } recheck)
            json.WriteString("recheck", recheck.Text);
        if (policy.Proof != default)
            json.WriteString("proof", Text(policy.Proof));
        if (policy.Arrival is { } arrival)
            json.WriteString("arrival", arrival);
        if (policy.MinCoverage != 0)
            json.WriteNumber("min_coverage", policy.MinCoverage);
        if (policy.Zone != "UTC")
            json.WriteString("zone", policy.Zone);
        if (policy.OnSilence != default)
            json.WriteString("on_silence", Text(policy.OnSilence));
        if (policy.ExpireBy != default)
            json.WriteString("expire", Text(policy.ExpireBy));
        Partition(json, policy.Partition);
        if (policy.Seal != default)
            json.WriteString("seal", Text(policy.Seal));
        if (policy.LateAfterExpiry != default)
            json.WriteString("late_after_expiry", Text(policy.LateAfterExpiry));
        if (policy.ProofChanges != default)
            json.WriteString("proof_changes", Text(policy.ProofChanges));
        if (policy.Ties != default)
            json.WriteString("ties", Text(policy.Ties));
        if (policy.Schema is { } schema)
            json.WriteString("schema", schema);
        if (!policy.Views)
            json.WriteBoolean("views", false);
        if (policy.Schedule is { } schedule)
            ScheduleJson.Write(json, schedule);
        if (policy.Tags.Count > 0)
            Names(json, "tags", policy.Tags);
        json.WriteEndObject();
    }

    private static void Measures(Utf8JsonWriter json, IReadOnlyList<Measure>? measures)
    {
        if (measures is null)
            json.WriteString("measures", "auto");
        if (measures is not { Count: > 0 })
            return;
        json.WriteStartArray("measures");
        foreach (var measure in measures)
        {
            json.WriteStartObject();
            json.WriteString("name", measure.Name);
            if (measure.Column != measure.Name)
                json.WriteString("column", measure.Column);
            Names(json, "functions", measure.Functions.Select(f => Text(f)));
            if (measure.Ties is { } ties)
                json.WriteString("ties", Text(ties));
            if (measure.Unit is { } unit)
                json.WriteString("unit", unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Partition(Utf8JsonWriter json, PartitionWidth? partition)
    {
        if (partition is null)
            return;
        json.WriteStartObject("partition");
        json.WriteString("by", partition.By);
        json.WriteString("every", partition.Every.Name);
        if (partition.Zone is { } zone)
            json.WriteString("zone", zone);
        if (partition.Origin != NodaConstants.UnixEpoch)
            json.WriteString("origin", InstantText.Format(partition.Origin));
        json.WriteEndObject();
    }

    private static void Hops(Utf8JsonWriter json, IReadOnlyList<Hop> hops)
    {
        if (hops.Count == 0)
            return;
        json.WriteStartArray("relocate");
        foreach (var hop in hops)
        {
            json.WriteStartObject();
            json.WriteString("after", hop.After.Text);
            if (hop.To.Attribute is { } attribute)
                json.WriteString("attribute", attribute);
            json.WriteString("to", hop.To.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Archive(Utf8JsonWriter json, Archive? archive)
    {
        if (archive is null)
            return;
        json.WriteStartObject("archive");
        json.WriteString("to", archive.To);
        if (archive.Drill)
            json.WriteBoolean("drill", true);
        json.WriteEndObject();
    }

    private static void Tiers(Utf8JsonWriter json, IReadOnlyList<Tier> tiers)
    {
        if (tiers.Count == 0)
            return;
        json.WriteStartArray("tiers");
        foreach (var tier in tiers)
        {
            json.WriteStartObject();
            json.WriteString("every", tier.Every.Name);
            if (!tier.Keep.IsForever)
                json.WriteString("keep", tier.Keep.Text);
            if (tier.Zone is { } zone)
                json.WriteString("zone", zone);
            if (tier.Origin != NodaConstants.UnixEpoch)
                json.WriteString("origin", InstantText.Format(tier.Origin));
            if (tier.Name is { } name)
                json.WriteString("name", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Names(Utf8JsonWriter json, string key, IEnumerable<string> names)
    {
        json.WriteStartArray(key);
        foreach (var name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static string Text<T>(T value)
        where T : struct, Enum => PolicyKeys.Lower(value.ToString());
}
