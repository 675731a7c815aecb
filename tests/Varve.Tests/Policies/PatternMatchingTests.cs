using Varve.Policies;

namespace Varve.Tests.Policies;

/// <summary>Patterns of tables: how they are written, what they mean, and who has what.</summary>
public sealed class PatternMatchingTests
{
    [Theory]
    [InlineData("metrics.*", "metrics.cpu", true)]
    [InlineData("metrics.*", "Metrics.cpu", false)]
    [InlineData("metrics.*", "other.cpu", false)]
    [InlineData("*.cpu", "other.cpu", true)]
    [InlineData("*.*", "other.cpu", true)]
    [InlineData("metrics.cpu_*", "metrics.cpu", false)]
    [InlineData("metrics.cpu_*", "metrics.cpu_", true)]
    [InlineData("metrics.*_*_raw", "metrics.a_b_raw", true)]
    [InlineData("metrics.*_*_raw", "metrics.a_raw", false)]
    [InlineData("metrics.a*a", "metrics.a", false)]
    [InlineData("metrics.a*a", "metrics.aa", true)]
    [InlineData("metrics.*aba*ab", "metrics.abab", false)]
    [InlineData("metrics.*aba*ab", "metrics.xabaab", true)]
    [InlineData("\"my.schema\".*", "\"my.schema\".cpu", true)]
    [InlineData("cpu*", "anything.cpu2", true)]
    public void A_star_stands_for_any_characters_or_none(string pattern, string table, bool means) =>
        Assert.Equal(means, TableName.ParsePattern(pattern).Means(TableName.Parse(table), ignoresCase: false));

    [Fact]
    public void Case_counts_only_where_it_does_for_the_engine() =>
        Assert.True(TableName.ParsePattern("metrics.C*").Means(new("Metrics", "cPU"), ignoresCase: true));

    [Fact]
    public void A_star_in_quotes_is_a_star()
    {
        var table = TableName.ParsePattern("m.\"a*\"");
        Assert.False(table.IsPattern);
        Assert.Equal("m.\"a*\"", table.Text);
        Assert.False(table.Means(new("m", "ab"), ignoresCase: false));
        Assert.True(table.Means(new("m", "a*"), ignoresCase: false));
        Assert.Throws<FormatException>(() => TableName.ParsePattern("\"m*\".a*"));
    }

    [Theory]
    [InlineData("metrics.*")]
    [InlineData("\"a.b\".c*")]
    [InlineData("\"m*\".\"a*\"")]
    public void Its_text_is_read_back_as_it_was(string text)
    {
        Assert.Equal(text, TableName.ParsePattern(text).Text);
        Assert.Equal(TableName.ParsePattern(text), TableName.ParsePattern(TableName.ParsePattern(text).Text));
    }

    [Fact]
    public void A_policy_with_a_pattern_survives_its_canonical_text()
    {
        var policy = PolicyYaml.Parse("table: metrics.*\nexcept: [metrics.tmp_*, a]\ntime: ts\nseries: [host]\nkeep: 7d", "")[0].Policy;
        var again = PolicyJson.Read(PolicyJson.Canonical(policy));
        Assert.Equal(PolicyJson.Canonical(policy), PolicyJson.Canonical(again));
        Assert.True(again.Table.IsPattern);
        Assert.Equal([true, false], again.Except.Select(t => t.IsPattern));
        Assert.Equal("metrics.*", policy.Name);
    }

    [Fact]
    public void A_table_is_of_the_pattern_that_has_it_and_of_none_where_two_could()
    {
        var (all, some) = (Pattern("m.*"), Pattern("m.c*"));
        var matching = new PatternMatching([all, some], "main", ignoresCase: false);
        TableName[] tables = [new("m", "cpu"), new("m", "mem"), new("m", "mem_restored"), new("main", "cpu")];
        Assert.Equal([("cpu", "m.c*"), ("mem", null)], matching.Of(all, tables, _ => null).Select(m => (m.Table.Name, m.Rival?.Name)));
        Assert.Equal([("cpu", "m.*")], matching.Of(some, tables, _ => null).Select(m => (m.Table.Name, m.Rival?.Name)));
        Assert.Equal([("cpu", null)], matching.Of(some, tables, _ => "m.c*").Select(m => (m.Table.Name, m.Rival?.Name)));
        Assert.Equal("m.c*", matching.Of(all, tables, _ => "m.c*").First().Rival?.Name);
        Assert.Null(matching.Of(all, tables, _ => "gone").Last().Rival);
    }

    [Fact]
    public void Without_a_schema_the_default_one_is_meant()
    {
        var pattern = Pattern("c*");
        var match = Assert.Single(
            new PatternMatching([pattern], "main", ignoresCase: false).Of(pattern, [new("m", "cpu"), new("main", "cpu")], _ => null)
        );
        Assert.Equal(new(null, "cpu"), match.Table);
    }

    private static Policy Pattern(string table) =>
        new()
        {
            Name = table,
            Table = TableName.ParsePattern(table),
            Time = "ts",
        };
}
