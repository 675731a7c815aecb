using Varve.CrateDb.Http;
using Varve.Engines;

namespace Varve.Engines.Tests.CrateDb;

public sealed class UrlTests : DuckDb.Files
{
    [Fact]
    public void A_url_says_where_who_and_how()
    {
        var options = Read("cratedb://ann:p%40ss@h1:4201,h2/metrics?ssl=true&connect_timeout=3s&timeout=2m");
        Assert.Equal([new("h1", 4201), new("h2", 4200)], options.Hosts);
        Assert.Equal(
            ("metrics", true, true, "cratedb://h1:4201,h2:4200"),
            (options.Schema, options.Tls, options.VerifiesServer, options.Name)
        );
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(2)), (options.ConnectTimeout, options.Timeout));
        Assert.Equal("Basic YW5uOnBAc3M=", options.Credential.Header!.ToString());
    }

    [Fact]
    public void Without_options_there_is_no_tls_no_login_and_time_enough()
    {
        var options = Read("crate://localhost");
        Assert.Equal((null, false), (options.Schema, options.Tls));
        Assert.Null(options.Credential.Header);
        Assert.Equal(TimeSpan.FromMinutes(30), options.Timeout);
        Assert.Equal("Basic YW5uOg==", Read("crate://ann@localhost").Credential.Header!.ToString());
    }

    [Theory]
    [InlineData("crate://ann:x@db.example/", true)]
    [InlineData("crate://ann:x@localhost/", false)]
    [InlineData("crate://ann:x@db.example/?ssl=true", false)]
    [InlineData("crate://ann@db.example/", false)]
    public void A_secret_that_would_cross_the_network_in_the_clear_is_known(string url, bool clear) =>
        Assert.Equal(clear, Read(url).IsClear);

    [Fact]
    public void A_token_is_taken_from_the_environment_or_a_file()
    {
        var name = $"VARVE_TEST_{Guid.CreateVersion7():N}";
        Environment.SetEnvironmentVariable(name, "eyJ.a.b");
        Assert.Equal("Bearer eyJ.a.b", Read($"crate://h/?token_env={name}").Credential.Header!.ToString());
        Environment.SetEnvironmentVariable(name, null);
        Assert.Equal(UrlCodes.Password, Assert.Throws<PolicyException>(() => Read($"crate://h/?token_env={name}")).Code);
        var file = Named("token");
        File.WriteAllText(file, "eyJ.c.d\n");
        Assert.Equal("Bearer eyJ.c.d", Read($"crate://h/?token_file={Uri.EscapeDataString(file)}").Credential.Header!.ToString());
        File.WriteAllText(file, "two words\n");
        var wrong = Assert.Throws<PolicyException>(() => Read($"crate://h/?token_file={Uri.EscapeDataString(file)}"));
        Assert.Equal(UrlCodes.Password, wrong.Code);
        Assert.DoesNotContain("two words", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("duckdb:a.duckdb", "no CrateDB URL")]
    [InlineData("crate://h/?ssl=yes", "neither true nor false")]
    [InlineData("crate://h/?tls=true", "the option tls")]
    [InlineData("crate://h/?ssl_verify=false", "Add ssl=true")]
    [InlineData("crate://h/?ssl=true&ssl_ca=/nowhere/ca.pem", "no file")]
    [InlineData("crate://h/?timeout=0s", "1s to 24h")]
    [InlineData("crate://h/?timeout=soon", "1s to 24h")]
    [InlineData("crate://h/?connect_timeout=forever", "1s to 24h")]
    [InlineData("crate://h/?token=s3cret", "token_env")]
    [InlineData("crate://a:s3cret@h/?token_env=HOME", "Leave one out")]
    [InlineData("crate://h/?token_env=HOME&token_file=x", "Leave one out")]
    [InlineData("crate://:s3cret@h/", "no user")]
    [InlineData("crate://h/?password=s3cret", "no user")]
    [InlineData("crate://a%3Ab:s3cret@h/", "colon")]
    public void What_a_url_cannot_say_is_refused(string url, string words)
    {
        var error = Assert.Throws<PolicyException>(() => Read(url));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    private static CrateDbOptions Read(string url) => CrateDbUrl.Read(DatabaseUrl.Parse(url), TextReader.Null, TimeProvider.System);
}
