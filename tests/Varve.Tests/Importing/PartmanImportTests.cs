using Varve.Importing;
using Varve.Policies;

namespace Varve.Tests.Importing;

public sealed class PartmanImportTests
{
    private const string Header = "parent_table,control,partition_interval,epoch,retention,retention_schema,retention_keep_table,type\n";

    [Theory]
    [InlineData("30 days", "30d")]
    [InlineData("6 mons", "6mo")]
    [InlineData("1 year", "1y")]
    [InlineData("1 year 6 mons", "18mo")]
    [InlineData("36:00:00", "36h")]
    [InlineData("1 day 12:00:00", "36h")]
    [InlineData("2 weeks", "14d")]
    [InlineData("90 minutes", "90m")]
    public void A_retention_that_removes_is_a_keep(string retention, string keep)
    {
        var result = PartmanImport.Convert($"{Header}public.m,ts,1 day,none,{retention},,f,native", "f");
        Assert.Empty(result.Left);
        var policy = Assert.Single(PolicyYaml.Parse(Assert.Single(result.Policies).Yaml, "f")).Policy;
        Assert.Equal(("public.m", "ts", keep), (policy.Table.Text, policy.Time, policy.Keep.Text));
    }

    [Theory]
    [InlineData("public.m,ts,1 day,none,30 days,,t,native", "detaches")]
    [InlineData("public.m,ts,1 day,none,30 days,,,native", "detaches")]
    [InlineData("public.m,ts,1 day,none,30 days,old,f,native", "schema old")]
    [InlineData("public.m,ts,1 day,none,,,f,native", "no retention")]
    [InlineData("public.m,ts,1 day,none,1 mon 3 days,,f,native", "mixes months and days")]
    [InlineData("public.m,ts,1 day,none,soon,,f,native", "mixes")]
    [InlineData("public.m,id,100000,none,1000,,f,native", "a number, id")]
    [InlineData("public.m,id,daily,none,30 days,,f,id", "a number, id")]
    public void What_would_remove_more_than_pg_partman_did_becomes_no_policy(string row, string words)
    {
        var result = PartmanImport.Convert(Header + row, "f");
        Assert.Empty(result.Policies);
        Assert.Contains(words, Assert.Single(result.Left), StringComparison.Ordinal);
    }

    [Fact]
    public void An_integer_of_time_has_its_unit()
    {
        var result = PartmanImport.Convert($"{Header}public.m,at,1 day,milliseconds,30 days,,f,native", "f");
        Assert.Equal(TimeUnit.Milliseconds, Assert.Single(PolicyYaml.Parse(Assert.Single(result.Policies).Yaml, "f")).Policy.Unit);
    }

    [Theory]
    [InlineData("[{\"control\":\"ts\"}]")]
    [InlineData("[{\"parent_table\":\"m\"}]")]
    [InlineData("[{\"parent_table\":\"a.b.c\",\"control\":\"ts\"}]")]
    public void A_row_that_is_not_whole_is_refused(string text) =>
        Assert.Equal(ImportCodes.Unreadable, Assert.Throws<PolicyException>(() => PartmanImport.Convert(text, "f")).Code);
}
