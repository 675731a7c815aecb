using Varve.Server.Configuration;
using Varve.Server.Connections;

namespace Varve.Server.Tests.Configuration;

/// <summary>Archive locations that are declared with a database, and those of the process.</summary>
public sealed class ConnectionArchivesTests : IDisposable
{
    private static readonly Dictionary<string, string> s_ofProcess = new() { ["cold"] = "/process", ["far"] = "/far" };

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-locations-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_database_of_a_tenant_has_its_own_locations_alone_and_of_the_same_name_its_own_come_first()
    {
        var connections = Read(
            """
            connections:
              plain: { url: "duckdb:a.duckdb" }
              own: { url: "duckdb:b.duckdb", archives: { Cold: /own } }
              acme: { url: "duckdb:c.duckdb", tenant: acme, archives: { cold: /acme } }
              other: { url: "duckdb:d.duckdb", tenant: other }
            """
        );
        string Of(string name) =>
            string.Join(
                ' ',
                connections
                    .Single(c => c.Name == name)
                    .ArchivesWith(s_ofProcess)
                    .OrderBy(a => a.Key, StringComparer.Ordinal)
                    .Select(a => $"{a.Key}={a.Value}")
            );
        Assert.Equal(("cold=/process far=/far", "Cold=/own far=/far", "cold=/acme", ""), (Of("plain"), Of("own"), Of("acme"), Of("other")));
    }

    [Fact]
    public void Another_place_is_another_connection_and_the_same_is_the_same()
    {
        const string Text = "connections:\n  acme: { url: 'duckdb:c.duckdb', archives: { cold: /acme } }";
        var (one, same) = (Read(Text)[0], Read(Text)[0]);
        Assert.True(one.IsSame(same));
        Assert.False(one.IsSame(Read(Text.Replace("/acme", "/moved", StringComparison.Ordinal))[0]));
        Assert.False(one.IsSame(Read(Text.Replace("cold", "far", StringComparison.Ordinal))[0]));
        Assert.False(one.IsSame(Read(Text.Replace(", archives: { cold: /acme }", "", StringComparison.Ordinal))[0]));
    }

    [Theory]
    [InlineData("archives: { cold: 'ftp://host/x' }", "VRV341", 2)]
    [InlineData("archives: [cold]", "VRV500", 2)]
    [InlineData("archives: { cold: { to: /x } }", "VRV500", 2)]
    public void What_is_no_place_is_told_with_its_line(string archives, string code, int line)
    {
        var refused = Assert.Throws<PolicyException>(() => Read($"connections:\n  acme: {{ url: 'duckdb:c.duckdb', {archives} }}"));
        var problem = Assert.Single(refused.Problems);
        Assert.Equal((code, line), (problem.Code, problem.Position!.Line));
    }

    private IReadOnlyList<ConnectionSetting> Read(string text)
    {
        var file = Path.Combine(_folder, "serve.yaml");
        File.WriteAllText(file, text);
        return ServeFile.Read(file, null, null, new Dictionary<string, string>()).Connections;
    }
}
