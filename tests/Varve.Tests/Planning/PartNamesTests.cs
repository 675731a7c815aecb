using CsCheck;
using Varve.Planning;
using Varve.Time;
using Xunit;

namespace Varve.Tests.Planning;

public sealed class PartNamesTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("metrics.cpu", "metrics.cpu")]
    [InlineData("CPU", "%43%50%55")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a\\b:c", "a%5Cb%3Ac")]
    [InlineData("ü", "%C3%BC")]
    [InlineData("%41", "%2541")]
    [InlineData(".hidden", "%2Ehidden")]
    public void A_policy_has_a_folder_that_is_a_name_everywhere(string policy, string folder) =>
        Assert.Equal(folder, PartNames.Folder(policy));

    [Theory]
    [InlineData("..")]
    [InlineData("../..")]
    [InlineData("a.")]
    public void No_name_leads_out_of_the_location(string policy)
    {
        var folder = PartNames.Folder(policy);
        Assert.DoesNotContain('/', folder);
        Assert.False(folder.StartsWith('.') || folder.EndsWith('.'), folder);
    }

    [Fact]
    public void A_long_name_is_cut_and_still_its_own()
    {
        var (one, other) = (new string('x', 300) + "1", new string('x', 300) + "2");
        Assert.Equal(200, PartNames.Folder(one).Length);
        Assert.NotEqual(PartNames.Folder(one), PartNames.Folder(other));
    }

    [Fact]
    public void Two_policies_never_share_a_folder_whatever_the_case_of_letters() =>
        Gen.Select(Gen.String[1, 80], Gen.String[1, 80])
            .Sample(
                (a, b) =>
                    Assert.Equal(
                        Text(a) == Text(b),
                        string.Equals(PartNames.Folder(a), PartNames.Folder(b), StringComparison.OrdinalIgnoreCase)
                    )
            );

    [Theory]
    [InlineData("2025-01-01", "2025-01-02T06:30:00.000001Z", 3, "p/20250101T000000Z_20250102T063000.000001Z_3")]
    [InlineData("-0001-01-01", "0001-01-01", 1, "p/-00010101T000000Z_00010101T000000Z_1")]
    public void A_part_is_named_by_its_range_and_its_number(string from, string to, int part, string name) =>
        Assert.Equal(name, PartNames.Of("p", new(InstantText.Parse(from), InstantText.Parse(to)), part));

    [Theory]
    [InlineData("2025-01-01", "2025-01-02T06:30:00.000001Z", 3)]
    [InlineData("-0001-01-01", "0001-01-01", 1)]
    public void The_range_of_a_part_is_read_from_its_name(string from, string to, int part)
    {
        TimeRange range = new(InstantText.Parse(from), InstantText.Parse(to));
        Assert.True(PartNames.TryRange("p", PartNames.Of("p", range, part) + ".json", out var read));
        Assert.Equal(range, read);
    }

    [Theory]
    [InlineData("p/20250101T000000Z_20250102T000000Z_1.parquet")]
    [InlineData("p/20250101T000000Z_20250102T000000Z_1 (copy).json")]
    [InlineData("p/._20250101T000000Z_20250102T000000Z_1.json")]
    [InlineData("p/20250101T000000Z_20250102T000000Z_01.json")]
    [InlineData("p/20250102T000000Z_20250102T000000Z_1.json")]
    [InlineData("p/20250102T000000Z_20250101T000000Z_1.json")]
    [InlineData("p/20251301T000000Z_20260102T000000Z_1.json")]
    [InlineData("p/20250101T000000Z_20250102T000000Z_99999999999.json")]
    [InlineData("q/20250101T000000Z_20250102T000000Z_1.json")]
    [InlineData("p/notes.json")]
    public void Other_names_are_no_manifests(string file) => Assert.False(PartNames.TryRange("p", file, out _));

    // What a name is in UTF-8: halves of surrogate pairs are all the same there, and no policy has them.
    private static string Text(string name) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(name));
}
