using Varve.Server.Configuration;

namespace Varve.Server.Tests.People;

public sealed class OidcSettingsTests
{
    [Theory]
    [InlineData("client_id: varve\n  groups: { ops: { role: viewer } }", "`oidc` has no `authority`")]
    [InlineData("authority: http://id.example.org\n  client_id: varve\n  groups: { ops: { role: viewer } }", "is no provider")]
    [InlineData("authority: https://id.example.org\n  groups: { ops: { role: viewer } }", "`oidc` has no `client_id`")]
    [InlineData("authority: https://id.example.org\n  client_id: varve", "`oidc` has no `groups`")]
    [InlineData("authority: https://id.example.org\n  client_id: varve\n  groups: {}", "lets nobody in")]
    [InlineData(
        "authority: https://id.example.org\n  client_id: varve\n  groups: { ops: { tenant: acme } }",
        "`oidc.groups.ops` has no `role`"
    )]
    [InlineData("authority: https://id.example.org\n  client_id: varve\n  groups: { ops: { role: chief } }", "\"chief\" is no role")]
    [InlineData(
        "authority: https://id.example.org\n  client_id: varve\n  client_secret: abc\n  groups: { ops: { role: viewer } }",
        "There is no key `client_secret` in `oidc`"
    )]
    public void What_cannot_be_is_named_before_anything_starts(string oidc, string says)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"oidc:\n  {oidc}\n");
        var refused = Assert.Throws<PolicyException>(() => ServeFile.Read(file, null, null, new Dictionary<string, string>()));
        File.Delete(file);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }
}
