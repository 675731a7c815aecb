using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Varve.Packaging;

/// <summary>A bill of materials in CycloneDX 1.6. It has no time and no serial number, so that the same build has the same one.</summary>
internal static class BillOfMaterials
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string Of(string name, string version, IReadOnlyList<ShippedPackage> packages)
    {
        var own = $"pkg:generic/{name}@{version}";
        var bill = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject
                {
                    ["type"] = "application",
                    ["bom-ref"] = own,
                    ["name"] = name,
                    ["version"] = version,
                    ["licenses"] = Licences("Apache-2.0"),
                    ["purl"] = own,
                },
            },
            ["components"] = new JsonArray([.. packages.Select(Component)]),
            ["dependencies"] = new JsonArray(
                new JsonObject { ["ref"] = own, ["dependsOn"] = new JsonArray([.. packages.Select(p => (JsonNode)p.Purl)]) }
            ),
        };
        return bill.ToJsonString(s_readable) + "\n";
    }

    private static JsonNode Component(ShippedPackage package)
    {
        var component = new JsonObject
        {
            ["type"] = package.Hash is null ? "framework" : "library",
            ["bom-ref"] = package.Purl,
            ["name"] = package.Id,
            ["version"] = package.Version,
        };
        if (package.Hash is { } hash)
            component["hashes"] = new JsonArray(
                new JsonObject { ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(hash)) }
            );
        component["licenses"] = Licences(package.Licence);
        if (package.Copyright is { } copyright)
            component["copyright"] = copyright;
        component["purl"] = package.Purl;
        if (package.Url is { } url)
            component["externalReferences"] = new JsonArray(new JsonObject { ["type"] = "website", ["url"] = url });
        return component;
    }

    // One licence is an id; more than one, or one with an exception, an expression.
    private static JsonArray Licences(string expression) =>
        new(
            expression.Contains(' ', StringComparison.Ordinal)
                ? new JsonObject { ["expression"] = expression }
                : new JsonObject { ["license"] = new JsonObject { ["id"] = expression } }
        );
}
