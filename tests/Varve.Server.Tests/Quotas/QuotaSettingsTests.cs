using Varve.Server.Configuration;
using Varve.Server.Quotas;

namespace Varve.Server.Tests.Quotas;

public sealed class QuotaSettingsTests
{
    [Theory]
    [InlineData("default: { runs_at_once: 0 }", "2:28", "`quotas.default.runs_at_once` is a number from 1 to 64, not")]
    [InlineData("default: { schedules: many }", "2:25", "`quotas.default.schedules` is a number from 0")]
    [InlineData("default: { rows_removed_per_day: -1 }", "2:36", "is a number from 0 to 1000000000000000")]
    [InlineData("default: { rows_removed_per_day: 1.5 }", "2:36", "is a number from 0")]
    [InlineData("tenants: { acme: { policies: 99999999999999999999 } }", "2:32", "`quotas.tenants.acme.policies` is a number")]
    [InlineData("tenants: { acme: { polices: 3 } }", "2:22", "Did you mean `policies`?")]
    [InlineData("tenants: { \"a b\": { policies: 3 } }", "2:21", "\"a b\" is no name")]
    [InlineData("tenants: { acme: 3 }", "2:20", "`quotas.tenants.acme` is keys and values")]
    [InlineData("acme: { policies: 3 }", "2:3", "There is no key `acme` in `quotas`")]
    [InlineData("default: { requests_per_second: 0 }", "2:35", "is a number from 1 to 100000")]
    public void What_cannot_be_is_told_with_its_place(string quotas, string place, string says)
    {
        var problem = Assert.Single(Assert.Throws<PolicyException>(() => Read($"quotas:\n  {quotas}\n")).Problems);
        Assert.Equal((place, "VRV500"), (FormattableString.Invariant($"{problem.Position!.Line}:{problem.Position.Column}"), problem.Code));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_declared_for_a_tenant_comes_before_what_is_for_every_one()
    {
        var quotas = Read(
            "quotas:\n  default: { runs_at_once: 2, rows_removed_per_day: 5000000000 }\n  tenants:\n    acme: { runs_at_once: 3 }\n"
        );
        Assert.Equal(new(3, IsOwn: true), quotas.Of("acme", Quota.Runs));
        Assert.Equal(new(2, IsOwn: false), quotas.Of("other", Quota.Runs));
        Assert.Equal(new(5_000_000_000, IsOwn: false), quotas.Of("acme", Quota.Rows));
        Assert.Null(quotas.Of("acme", Quota.Policies));
        Assert.Null(Read("runs_at_once: 2\n").Of("acme", Quota.Runs));
    }

    private static QuotaSettings Read(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return ServeFile.Read(file, null, null, new Dictionary<string, string>()).Quotas;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
