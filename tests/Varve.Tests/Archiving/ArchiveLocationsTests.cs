using Varve.Archiving;
using Xunit;

namespace Varve.Tests.Archiving;

public sealed class ArchiveLocationsTests
{
    [Theory]
    [InlineData("cold", "cold")]
    [InlineData("COLD", "cold")]
    [InlineData("cold_1", "cold-1")]
    [InlineData("cold_1", "Cold.1")]
    public void A_name_is_found_as_its_variable_spells_it(string declared, string asked) => Assert.True(Of(declared, "/tmp").Knows(asked));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_declaration_declares_nothing(string text) => Assert.False(Of("cold", text).Knows("cold"));

    [Theory]
    [InlineData("/tmp/a", "/tmp/a")]
    [InlineData("file:///tmp/a%20b", "/tmp/a b")]
    public void A_folder_is_a_path_or_a_url(string text, string folder) => Assert.Equal(folder, Of("cold", text).Open("cold").DisplayName);

    [Theory]
    [InlineData("/tmp/[a]", "pattern")]
    [InlineData("/tmp/*", "pattern")]
    [InlineData("ftp://host/a", "ftp://")]
    public void A_text_that_is_no_place_is_refused(string text, string said) =>
        Assert.Contains(said, Assert.Throws<PolicyException>(() => Of("cold", text).Open("cold")).Message, StringComparison.Ordinal);

    [Fact]
    public void Two_names_that_one_variable_spells_are_refused()
    {
        var both = new ArchiveLocations(
            new Dictionary<string, string>
            {
                ["cold-1"] = "/tmp/a",
                ["cold.1"] = "/tmp/b",
                ["warm"] = "/tmp",
            },
            []
        );
        Assert.Contains(
            "VARVE_ARCHIVE_COLD_1",
            Assert.Throws<PolicyException>(() => both.Open("cold_1")).Message,
            StringComparison.Ordinal
        );
        Assert.True(both.Knows("warm"));
    }

    private static ArchiveLocations Of(string name, string text) => new(new Dictionary<string, string> { [name] = text }, []);
}
