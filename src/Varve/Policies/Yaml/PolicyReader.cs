using Varve.Time;

namespace Varve.Policies;

/// <summary>Makes a policy of one YAML document.</summary>
internal static class PolicyReader
{
    /// <summary>The policy; null where what it cannot do without is missing or wrong.</summary>
    internal static Policy? Read(YamlNode root, PolicyReading reading)
    {
        reading.Positions[""] = root.Position;
        if (root is not YamlNode.Mapping mapping)
        {
            reading.Report(PolicyCodes.WrongValue, root.Position, "", $"A policy is keys and values (table: …, time: …), not {root.What}.");
            return null;
        }

        var keys = new KeyReader(mapping, "", "", reading);
        keys.Require("table");
        keys.Require("time");
        var table = keys.Read<TableName>("table", Table);
        var (time, unit) = Time(keys);
        var preset = Presets.Read(keys);
        var (source, archive, expire, partition, relocate) = Source(keys);
        var tiers = Tiers(keys);
        var measures = MeasureReader.Read(keys);
        var name = keys.Read<string>("policy", (r, n, p) => r.Name(n, p));
        var policy = new Policy
        {
            Name = name ?? table?.Text ?? "",
            Table = table ?? new(null, ""),
            Except = Tables(keys, "except"),
            Time = time ?? "",
            Unit = unit,
            Measures = preset is not null && keys["measures"] is null ? null : measures,
            Tiers = preset?.Tiers ?? tiers,
            Keep = source ?? preset?.Keep ?? Keep.Forever,
            Archive = archive,
            ExpireBy = expire,
            Partition = partition,
            Relocate = relocate,
            Late = keys.Read<Keep>("late", Span) ?? Keep.Zero,
            Recheck = keys.Read<Keep>("recheck", Span),
            Interval = keys.Read<Keep>("interval", Span),
            MinCoverage = keys.Read<double>("min_coverage", (r, n, p) => r.Share(n, p)) ?? 0,
            Arrival = keys.Read<string>("arrival", (r, n, p) => r.Name(n, p)),
            Proof = keys.Enum<Proof>("proof"),
            Ties = keys.Enum<Ties>("ties"),
            OnSilence = keys.Enum<OnSilence>("on_silence"),
            Seal = keys.Enum<Seal>("seal"),
            LateAfterExpiry = keys.Enum<LateAfterExpiry>("late_after_expiry"),
            ProofChanges = keys.Enum<ProofChanges>("proof_changes"),
            Zone = keys.Read<string>("zone", (r, n, p) => r.Name(n, p)) ?? "UTC",
            Schema = keys.Read<string>("schema", (r, n, p) => r.Name(n, p)),
            Views = keys.Read<bool>("views", (r, n, p) => r.Truth(n, p)) ?? true,
            Schedule = ScheduleReader.Read(keys),
            Tags = Names(keys, "tags") ?? [],
        };
        if (Names(keys, "series") is { } series)
            policy = policy with { Series = series };
        return table is null || time is null ? null : policy;
    }

    /// <summary>A list of names, or null where the key is not given.</summary>
    internal static IReadOnlyList<string>? Names(KeyReader keys, string name)
    {
        if (keys[name] is not { } node)
            return null;
        var path = keys.PathOf(name);
        if (node is not YamlNode.Sequence list)
        {
            var instead = node is YamlNode.Scalar { IsNull: false, Text: var one } ? $"[{one}]" : "[a, b]";
            keys.Reading.Wrong(node, path, $"`{path}` is a list, not {node.What}. Write {instead}.");
            return [];
        }

        return [.. list.Items.Select((item, i) => Item(keys.Reading, item, Element(path, i))).OfType<string>()];
    }

    internal static string Element(string path, int index) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}[{index}]");

    private static string? Item(PolicyReading reading, YamlNode item, string path)
    {
        reading.Positions[path] = item.Position;
        return reading.Name(item, path);
    }

    private static Keep? Span(PolicyReading reading, YamlNode node, string path) => reading.Keep(node, path, mayBeForever: false);

    private static Keep? Stay(PolicyReading reading, YamlNode node, string path) => reading.Keep(node, path, mayBeForever: true);

    private static TableName? Table(PolicyReading reading, YamlNode node, string path)
    {
        if (reading.Text(node, path, "a table, schema.table, or a pattern, schema.*") is not { } text)
            return null;
        try
        {
            return TableName.ParsePattern(text);
        }
        catch (FormatException wrong)
        {
            reading.Wrong(node, path, $"`{path}`: {wrong.Message}");
            return null;
        }
    }

    private static IReadOnlyList<TableName> Tables(KeyReader keys, string name)
    {
        if (keys[name] is not { } node)
            return [];
        var path = keys.PathOf(name);
        var items = node is YamlNode.Sequence list ? list.Items : [node];
        return
        [
            .. items
                .Select((item, i) => Table(keys.Reading, item, node is YamlNode.Sequence ? Element(path, i) : path))
                .OfType<TableName>(),
        ];
    }

    private static (string? Name, TimeUnit? Unit) Time(KeyReader keys)
    {
        if (keys["time"] is not YamlNode.Mapping mapping)
            return (keys.Read<string>("time", (r, n, p) => r.Name(n, p)), null);
        var inner = new KeyReader(mapping, "time", "time", keys.Reading);
        inner.Require("column");
        var unit = inner.Read<string>("unit", (r, n, p) => r.Choice(n, p, inner.Key("unit")));
        return (
            inner.Read<string>("column", (r, n, p) => r.Name(n, p)),
            unit switch
            {
                "s" => TimeUnit.Seconds,
                "ms" => TimeUnit.Milliseconds,
                "us" => TimeUnit.Microseconds,
                "ns" => TimeUnit.Nanoseconds,
                _ => null,
            }
        );
    }

    private static (Keep? Keep, Archive? Archive, ExpireBy Expire, PartitionWidth? Partition, IReadOnlyList<Hop> Relocate) Source(
        KeyReader keys
    )
    {
        var (keep, archive, relocate) = (keys.Read<Keep>("keep", Stay), ArchiveReader.Read(keys), HopReader.Read(keys) ?? []);
        if (keys["source"] is not { } node)
            return (keep, archive, default, null, relocate);
        if (node is not YamlNode.Mapping mapping)
        {
            keys.Reading.Wrong(node, "source", $"`source` has keys of its own (keep: 7d), not {node.What}.");
            return (keep, archive, default, null, relocate);
        }

        var inner = new KeyReader(mapping, "source", "source", keys.Reading);
        var expire = inner.Enum<ExpireBy>("expire");
        Once(keys, inner, "keep");
        Once(keys, inner, ArchiveReader.Key);
        Once(keys, inner, HopReader.Key);
        return (
            inner.Read<Keep>("keep", Stay) ?? keep,
            ArchiveReader.Read(inner) ?? archive,
            expire,
            PartitionReader.Read(inner),
            HopReader.Read(inner) ?? relocate
        );
    }

    // What stands at the top is short for what stands in `source`; both lead messages to where it was written.
    private static void Once(KeyReader keys, KeyReader source, string name)
    {
        if (source[name] is not { } second)
            return;
        var path = source.PathOf(name);
        if (keys[name] is { } first)
        {
            keys.Reading.Report(
                PolicyCodes.GivenTwice,
                second.Position,
                path,
                $"`{name}` (line {InvariantLine(first)}) and `{path}` say the same thing. Keep one of them."
            );
        }

        keys.Reading.Positions.TryAdd(name, keys.Reading.Positions[path]);
    }

    private static IReadOnlyList<Tier> Tiers(KeyReader keys)
    {
        if (keys["tiers"] is not { } node)
            return [];
        if (node is not YamlNode.Sequence list)
        {
            keys.Reading.Wrong(node, "tiers", $"`tiers` is a list of tiers, not {node.What}. Write - {{ every: 1h, keep: 1y }}.");
            return [];
        }

        return [.. list.Items.Select((item, i) => Tier(item, Element("tiers", i), keys.Reading))];
    }

    // A tier that cannot be read keeps its place, so that what is said about the others has the right index.
    private static Tier Tier(YamlNode node, string path, PolicyReading reading)
    {
        reading.Positions[path] = node.Position;
        if (node is not YamlNode.Mapping mapping)
        {
            reading.Wrong(node, path, $"`{path}` has keys of its own, {{ every: 1h, keep: 1y }}, not {node.What}.");
            return new() { Every = new Width.Fixed(Width.Fixed.Least), Name = path };
        }

        var keys = new KeyReader(mapping, path, "tiers[]", reading);
        keys.Require("every");
        var every = keys.Read<Width>("every", (r, n, p) => r.Width(n, p));
        var tier = new Tier
        {
            Every = every ?? new Width.Fixed(Width.Fixed.Least),
            Keep = keys.Read<Keep>("keep", Stay) ?? Keep.Forever,
            Zone = keys.Read<string>("zone", (r, n, p) => r.Name(n, p)),
            Name = keys.Read<string>("name", (r, n, p) => r.Name(n, p)) ?? (every is null ? path : null),
        };
        if (keys.Read<NodaTime.Instant>("origin", (r, n, p) => r.Instant(n, p)) is { } origin)
            tier = tier with { Origin = origin };
        return tier;
    }

    private static string InvariantLine(YamlNode node) => node.Position.Line.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
