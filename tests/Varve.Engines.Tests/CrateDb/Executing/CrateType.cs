using System.Globalization;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A type of CrateDB, as PostgreSQL holds it here.</summary>
/// <param name="Display">As CrateDB writes it.</param>
/// <param name="Stored">As it is written for PostgreSQL.</param>
/// <param name="Keys">Of an object: the types of its keys.</param>
internal sealed record CrateType(string Display, string Stored, IReadOnlyDictionary<string, CrateType>? Keys = null)
{
    internal static CrateType Text { get; } = new("text", "text");

    internal static CrateType Bool { get; } = new("boolean", "bool");

    internal static CrateType Int { get; } = new("integer", "int4");

    internal static CrateType Long { get; } = new("bigint", "int8");

    internal static CrateType Double { get; } = new("double precision", "float8");

    internal static CrateType Zoned { get; } = new("timestamp with time zone", "crate.tstz");

    internal static CrateType Unzoned { get; } = new("timestamp without time zone", "crate.ts");

    internal bool IsObject => Stored == "jsonb";

    internal bool IsTime => Stored is "crate.tstz" or "crate.ts";

    /// <summary>The name without what stands in brackets: numeric(38,0) is numeric.</summary>
    internal string Plain => Display.Split('(')[0];

    /// <summary>Reads a type at a place of a statement.</summary>
    /// <param name="nodes">The statement.</param>
    /// <param name="at">The place; afterwards that behind the type.</param>
    internal static CrateType Read(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at >= nodes.Count || nodes[at].Kind is not NodeKind.Word)
            throw CrateError.Syntax(at < nodes.Count ? nodes[at].Text : "<EOF>");
        var word = nodes[at++].Name;
        var type = word switch
        {
            "text" or "string" => Text,
            "varchar" or "char" or "character" => Sized(nodes, ref at),
            "boolean" or "bool" => Bool,
            "byte" or "smallint" or "short" or "int2" => new("smallint", "int2"),
            "int" or "integer" or "int4" => Int,
            "bigint" or "long" or "int8" => Long,
            "real" or "float" or "float4" => new("real", "float4"),
            "double" or "float8" => Precision(nodes, ref at),
            "numeric" or "decimal" => Numeric(nodes, ref at),
            "timestamp" => Timestamp(nodes, ref at),
            "timestamptz" => Zoned,
            "date" => new("date", "crate.tstz"),
            "interval" => new("interval", "interval"),
            "uuid" => new("uuid", "uuid"),
            "object" => Object(nodes, ref at),
            "array" => Array(nodes, ref at),
            _ => throw CrateError.Parse($"Cannot find data type: {word}"),
        };
        while (at < nodes.Count && nodes[at] is { Kind: NodeKind.Square, Inner.Count: 0 })
        {
            at++;
            type = Of(type);
        }

        return type;
    }

    private static CrateType Of(CrateType element) => new($"{element.Display}_array", $"{element.Stored}[]");

    private static CrateType Sized(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at < nodes.Count && nodes[at].Is("varying"))
            at++;
        if (at < nodes.Count && nodes[at].Kind is NodeKind.Round)
            at++;
        return Text;
    }

    private static CrateType Precision(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at < nodes.Count && nodes[at].Is("precision"))
            at++;
        return Double;
    }

    private static CrateType Numeric(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at >= nodes.Count || nodes[at].Kind is not NodeKind.Round)
            return new("numeric", "numeric");
        var inner = nodes[at++]
            .Inner.Where(n => n.Kind is NodeKind.Number)
            .Select(n => int.Parse(n.Text, CultureInfo.InvariantCulture))
            .ToList();
        var scale = inner.Count > 1 ? inner[1] : 0;
        var text = string.Create(CultureInfo.InvariantCulture, $"numeric({inner[0]},{scale})");
        return new(text, text);
    }

    private static CrateType Timestamp(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at + 2 >= nodes.Count || !nodes[at].Is("with", "without") || !nodes[at + 1].Is("time"))
            return Unzoned;
        var zoned = nodes[at].Is("with");
        at += 3;
        return zoned ? Zoned : Unzoned;
    }

    private static CrateType Array(IReadOnlyList<Node> nodes, ref int at)
    {
        var inner = 0;
        return Of(Read(nodes[at++].Inner, ref inner));
    }

    private static CrateType Object(IReadOnlyList<Node> nodes, ref int at)
    {
        if (at < nodes.Count && nodes[at].Kind is NodeKind.Round)
            at++;
        Dictionary<string, CrateType> keys = new(StringComparer.Ordinal);
        if (at + 1 < nodes.Count && nodes[at].Is("as") && nodes[at + 1].Kind is NodeKind.Round)
        {
            foreach (var part in Nodes.Split(nodes[at + 1].Inner, ","))
            {
                var place = 1;
                keys[part[0].Name] = Read(part, ref place);
            }

            at += 2;
        }

        return new("object", "jsonb", keys);
    }
}
