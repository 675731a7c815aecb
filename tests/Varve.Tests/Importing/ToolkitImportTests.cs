using Varve.Importing;
using Varve.Policies;
using Varve.Time;

namespace Varve.Tests.Importing;

public sealed class ToolkitImportTests
{
    private const string Sensor = """
        {"id":"ea48","strategy":"SNAPSHOT","tags":{"foo":"true","bar":"true"},"table_schema":"doc","table_name":"sensor",
         "partition_column":"month","retention_period":365,"target_repository_name":"ctk_r"}
        """;

    private const string Moved = """
        {"id":"b","strategy":"reallocate","tags":null,"table_schema":"doc","table_name":"raw",
         "partition_column":"day","retention_period":60,"reallocation_attribute_name":"storage","reallocation_attribute_value":"warm"}
        """;

    private const string Removed = """
        {"id":"c","strategy":"delete","tags":{"bar":"true"},"table_schema":"doc","table_name":"raw",
         "partition_column":"day","retention_period":120}
        """;

    [Fact]
    public void A_snapshot_is_an_archive_before_rows_go()
    {
        var (policy, yaml) = One(Convert($"[{Sensor}]"));
        Assert.Equal(("sensor", "doc.sensor", "ts", "365d"), (policy.Name, policy.Table.Text, policy.Time, policy.Keep.Text));
        Assert.Equal("ctk_r", policy.Archive!.To);
        Assert.Equal(["bar", "foo"], policy.Tags);
        Assert.Contains("start of a partition", yaml, StringComparison.Ordinal);
        Assert.Contains("not whole", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_rows_of_one_table_are_one_policy()
    {
        var (policy, yaml) = One(Convert($"[{Moved},{Removed},{Sensor}]").Policies[0]);
        Assert.Equal(("raw", "120d"), (policy.Name, policy.Keep.Text));
        Assert.Equal(["bar"], policy.Tags);
        Assert.Contains("relocate: { after: 60d, to: { storage: warm } }", yaml, StringComparison.Ordinal);
        Assert.Contains("The rows had different tags", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Hops_are_in_the_order_of_their_age()
    {
        var cold = Moved.Replace("60", "90", StringComparison.Ordinal).Replace("warm", "cold", StringComparison.Ordinal);
        Assert.Contains(
            "relocate: [{ after: 60d, to: { storage: warm } }, { after: 90d, to: { storage: cold } }]",
            Convert($"[{cold},{Removed},{Moved}]").Policies[0].Yaml,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(60, 120, "60d", "ctk_r")]
    [InlineData(120, 60, "60d", null)]
    [InlineData(60, 60, "60d", "ctk_r")]
    public void Of_two_rows_that_remove_the_earlier_one_decides(int snapshot, int delete, string keep, string? archive)
    {
        var first = Sensor.Replace("365", $"{snapshot}", StringComparison.Ordinal);
        var second = Removed.Replace("120", $"{delete}", StringComparison.Ordinal).Replace("raw", "sensor", StringComparison.Ordinal);
        var rows = $"[{first},{second}]";
        var (policy, yaml) = One(Convert(rows));
        Assert.Equal((keep, archive), (policy.Keep.Text, policy.Archive?.To));
        Assert.Contains("finds nothing any more", yaml, StringComparison.Ordinal);
        Assert.Equal(archive is null, yaml.Contains("No snapshot is taken before", StringComparison.Ordinal));
    }

    [Fact]
    public void The_toolkits_comparison_is_kept_under_its_own_name()
    {
        var result = ToolkitImport.Convert(ToolkitPolicy.Read($"[{Sensor}]", "f"), _ => null, ToolkitCompare.Start);
        var (policy, yaml) = One(result);
        Assert.Equal(("month", "365d"), (policy.Time, policy.Keep.Text));
        Assert.Contains("younger than 365 days", yaml.Replace("\n# ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_time_column_nobody_guesses()
    {
        var error = Assert.Throws<PolicyException>(() =>
            ToolkitImport.Convert(ToolkitPolicy.Read($"[{Sensor}]", "f"), _ => null, ToolkitCompare.End)
        );
        Assert.Equal(ImportCodes.Unsaid, error.Code);
        Assert.Contains("--time doc.sensor=COLUMN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_the_same_name_in_another_schema_gets_a_policy_of_another_name()
    {
        var other = Removed.Replace("\"doc\"", "\"metrics\"", StringComparison.Ordinal);
        Assert.Equal(["doc-raw", "metrics-raw"], Convert($"[{Removed},{other}]").Policies.Select(p => p.Name));
    }

    [Fact]
    public void Names_that_look_like_code_are_names()
    {
        var (policy, _) = One(Convert($"[{Removed.Replace("raw", "x');DROP \\n# a: b", StringComparison.Ordinal)}]"));
        Assert.Equal("x');DROP \n# a: b", policy.Table.Name);
    }

    [Theory]
    [InlineData("\"retention_period\":120", "\"retention_period\":0", "0 days")]
    [InlineData("\"retention_period\":120", "\"retention_period\":-5", "-5 days")]
    [InlineData("\"delete\"", "\"snapshot\"", "names no repository")]
    [InlineData("\"delete\"", "\"reallocate\"", "names no attribute")]
    public void What_no_policy_can_say_is_left_out_and_named(string written, string instead, string words)
    {
        var result = Convert($"[{Removed.Replace(written, instead, StringComparison.Ordinal)}]");
        Assert.Empty(result.Policies);
        Assert.Contains(words, Assert.Single(result.Left), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_rows_are_read_in_every_form()
    {
        string[] forms =
        [
            $"[{Sensor},{Removed}]",
            OneLine(Sensor) + "\n" + OneLine(Removed) + "\n",
            """
                {"cols":["strategy","tags","table_schema","table_name","partition_column","retention_period",
                 "target_repository_name","id"],"col_types":[4,12,4,4,4,9,4,4],
                 "rows":[["snapshot",{"foo":"true","bar":"true"},"doc","sensor","month",365,"ctk_r","ea48"],
                  ["delete",{"bar":"true"},"doc","raw","day",120,null,"c"]],"rowcount":2}
                """,
            """
                id,STRATEGY,tags,table_schema,table_name,partition_column,retention_period,target_repository_name
                ea48,snapshot,"{""foo"":""true"",""bar"":""true""}",doc,sensor,month,365,ctk_r
                c,delete,"{""bar"": ""true""}",doc,raw,day,120,NULL
                """,
        ];
        var first = ToolkitPolicy.Read(forms[0], "f").Select(Said).ToList();
        Assert.All(forms, form => Assert.Equal(first, ToolkitPolicy.Read(form, "f").Select(Said)));
        Assert.Equal("ea48 Snapshot doc.sensor month 365 ctk_r bar,foo", first[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"tags\":null,\"id\":null,")]
    public void The_older_form_has_no_identifier_and_no_tags_and_neither_may_the_newer_one(string more)
    {
        var older = $$"""
            [{{{more}}"table_schema":"doc","table_name":"raw","partition_column":"ts_day","retention_period":1,"strategy":"delete"}]
            """;
        var (policy, _) = One(Convert(older));
        Assert.Equal(("raw", "1d"), (policy.Name, policy.Keep.Text));
        Assert.Empty(policy.Tags);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("[1]", "something else than objects")]
    [InlineData("[{]", "no JSON from line 1")]
    [InlineData("hello", "neither JSON nor CSV")]
    [InlineData("a,b\n1", "record 2 has 1 values")]
    [InlineData("[{\"strategy\":\"shrink\"}]", "its strategy is shrink")]
    [InlineData("[{\"strategy\":\"delete\",\"retention_period\":\"soon\"}]", "no number of days")]
    [InlineData("[{\"strategy\":\"delete\",\"retention_period\":1}]", "names no table")]
    [InlineData("[{\"strategy\":\"delete\",\"retention_period\":1,\"table_name\":\"t\"}]", "names no partition_column")]
    [InlineData("[{\"strategy\":\"delete\",\"retention_period\":1,\"tags\":\"{\"}]", "tags are no object")]
    public void What_is_none_of_its_rows_is_refused(string text, string words)
    {
        var error = Assert.Throws<PolicyException>(() => ToolkitPolicy.Read(text, "rows.json"));
        Assert.Equal(ImportCodes.Unreadable, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("rows.json", error.Message, StringComparison.Ordinal);
    }

    private static string OneLine(string json) => json.ReplaceLineEndings("").Trim();

    private static ImportResult Convert(string text) => ToolkitImport.Convert(ToolkitPolicy.Read(text, "f"), _ => "ts", ToolkitCompare.End);

    private static string Said(ToolkitPolicy p) =>
        $"{p.Id} {p.Strategy} {p.Table.Text} {p.PartitionColumn} {p.Days} {p.Repository} {string.Join(',', p.Tags)}";

    private static (Policy Policy, string Yaml) One(ImportResult result)
    {
        Assert.Empty(result.Left);
        return One(Assert.Single(result.Policies));
    }

    private static (Policy Policy, string Yaml) One(ImportedPolicy policy) =>
        (Assert.Single(PolicyYaml.Parse(policy.Yaml, "f")).Policy, policy.Yaml);
}
