using System.Text.Json;

namespace Varve.Packaging.Tests;

/// <summary>The bill of materials and the licences of what a program brings of others.</summary>
public sealed class BillTests
{
    private static readonly IReadOnlyList<ShippedPackage> Shipped = ShippedPackages.Of(Repository.Built);

    [Fact]
    public void Every_package_of_the_program_is_in_it_and_nothing_else()
    {
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Built, "Varve.Cli.deps.json")));
        var expected = list
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Where(l => l.Value.GetProperty("type").GetString() == "package")
            .Select(l => $"pkg:nuget/{l.Name.Replace('/', '@')}")
            .Order(StringComparer.Ordinal);
        using var bill = JsonDocument.Parse(BillOfMaterials.Of("varve", "1.2.3", Shipped));
        var root = bill.RootElement;
        Assert.Equal(
            ("CycloneDX", "1.6", 1),
            (root.GetProperty("bomFormat").GetString(), root.GetProperty("specVersion").GetString(), root.GetProperty("version").GetInt32())
        );
        Assert.Equal("pkg:generic/varve@1.2.3", root.GetProperty("metadata").GetProperty("component").GetProperty("purl").GetString());
        var components = root.GetProperty("components").EnumerateArray().ToList();
        Assert.Equal(expected, components.Select(c => c.GetProperty("purl").GetString()).Order(StringComparer.Ordinal));
        Assert.All(components, c => Assert.Matches("^[0-9a-f]{128}$", c.GetProperty("hashes")[0].GetProperty("content").GetString()));
        Assert.All(components, c => Assert.NotEmpty(c.GetProperty("licenses").EnumerateArray()));
        Assert.Equal(
            components.Select(c => c.GetProperty("bom-ref").GetString()),
            root.GetProperty("dependencies")[0].GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString())
        );
    }

    [Fact]
    public void The_same_program_has_the_same_bill() =>
        Assert.Equal(BillOfMaterials.Of("varve", "1", Shipped), BillOfMaterials.Of("varve", "1", ShippedPackages.Of(Repository.Built)));

    [Fact]
    public void Licences_are_those_that_go_with_Apache_and_each_has_its_text()
    {
        Assert.All(Shipped, p => Assert.Contains(p.Licence, new[] { "MIT", "Apache-2.0", "BSD-3-Clause", "PostgreSQL" }));
        var notices = ThirdPartyNotices.Of(Shipped);
        Assert.All(Shipped, p => Assert.Contains($"{p.Id} {p.Version}: {p.Licence}\n", notices, StringComparison.Ordinal));
        Assert.All(
            Shipped,
            p => Assert.Matches($@"(?m)^(.*, )?{System.Text.RegularExpressions.Regex.Escape(p.Id)}( \([^)]*\))?(, .*)?$", notices)
        );
        Assert.Contains("DuckDB Foundation", notices, StringComparison.Ordinal);
        Assert.DoesNotContain("\nCOPYRIGHT\n", notices, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_no_program_and_a_package_that_is_not_here_are_named()
    {
        var empty = Directory.CreateTempSubdirectory("varve-bill-").FullName;
        try
        {
            Assert.Contains(
                "Varve.Cli.deps.json",
                Assert.Throws<PackagingException>(() => ShippedPackages.Of(empty)).Message,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "publish the program on this machine first",
                Assert.Throws<PackagingException>(() => ShippedPackages.Of(Repository.Built, [empty])).Message,
                StringComparison.Ordinal
            );
            var nameless = new ShippedPackage("A", "1", "WTFPL", null, null, null, []);
            Assert.Contains(
                "has no WTFPL.txt",
                Assert.Throws<PackagingException>(() => ThirdPartyNotices.Of([nameless])).Message,
                StringComparison.Ordinal
            );
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    [Fact]
    public void Licences_joined_by_words_are_an_expression()
    {
        using var bill = JsonDocument.Parse(
            BillOfMaterials.Of("varve", "1", [new("A", "1", "MIT OR Apache-2.0", null, "https://example.org", "Copyright A", [])])
        );
        var component = bill.RootElement.GetProperty("components")[0];
        Assert.Equal("MIT OR Apache-2.0", component.GetProperty("licenses")[0].GetProperty("expression").GetString());
        Assert.Equal("framework", component.GetProperty("type").GetString());
        Assert.False(component.TryGetProperty("hashes", out _));
    }
}
