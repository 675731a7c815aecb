using CsCheck;

namespace Varve.Engines.Tests.DuckDb;

public sealed class DatabaseUrlTests : Files
{
    private static readonly string[] s_schemes = ["postgresql", "crate", "duckdb", "mysql", ""];

    [Theory]
    [InlineData("duckdb:metrics.duckdb", "metrics.duckdb", "duckdb:metrics.duckdb")]
    [InlineData("DuckDB:data/m.db", "data/m.db", "duckdb:data/m.db")]
    [InlineData("duckdb::memory:", ":memory:", "duckdb::memory:")]
    [InlineData(":memory:", ":memory:", "duckdb::memory:")]
    [InlineData("duckdb:///abs/path.duckdb", "/abs/path.duckdb", "duckdb:/abs/path.duckdb")]
    [InlineData("duckdb:/abs/path.duckdb", "/abs/path.duckdb", "duckdb:/abs/path.duckdb")]
    [InlineData("duckdb:///C:/data/m.duckdb", "C:/data/m.duckdb", "duckdb:C:/data/m.duckdb")]
    [InlineData("duckdb:a%20b%3F.duckdb", "a b?.duckdb", "duckdb:a b?.duckdb")]
    [InlineData("metrics.duckdb", "metrics.duckdb", "duckdb:metrics.duckdb")]
    [InlineData("/data/100%.db", "/data/100%.db", "duckdb:/data/100%.db")]
    [InlineData(@"C:\data\m.duckdb", @"C:\data\m.duckdb", @"duckdb:C:\data\m.duckdb")]
    [InlineData("user@home.duckdb", "user@home.duckdb", "duckdb:user@home.duckdb")]
    public void Files_are_duckdbs(string text, string path, string shown)
    {
        var url = DatabaseUrl.Parse(text);
        Assert.Equal(("duckdb", path, shown), (url.Scheme, url.Path, url.ToString()));
        Assert.Empty(url.Hosts);
        Assert.Null(url.ResolvePassword());
    }

    [Fact]
    public void Options_stand_behind_the_question_mark()
    {
        var url = DatabaseUrl.Parse("duckdb:///abs/path?memory_limit=1GB&threads=2");
        Assert.Equal("/abs/path", url.Path);
        Assert.Equal("1GB", url.Options["memory_limit"]);
        Assert.Equal("2", url.Options["threads"]);
    }

    [Fact]
    public void A_server_has_users_hosts_ports_and_a_database()
    {
        var url = DatabaseUrl.Parse("crate://ann%40x:p%40ss%2Fword@host:4201,host2,[::1]:99,[fe80::1]/doc%20s/?ssl=true&a=b%26c");
        Assert.Equal("cratedb", url.Scheme);
        Assert.Equal("ann@x", url.User);
        Assert.Equal([new("host", 4201), new("host2", 4200), new("::1", 99), new("fe80::1", 4200)], url.Hosts);
        Assert.Equal("doc s", url.Database);
        Assert.Equal("true", url.Options["ssl"]);
        Assert.Equal("b&c", url.Options["a"]);
        Assert.Equal("p@ss/word", url.ResolvePassword());
        Assert.Equal("cratedb://ann%40x:***@host:4201,host2:4200,[::1]:99,[fe80::1]:4200/doc%20s?ssl=true&a=b%26c", url.ToString());
    }

    [Fact]
    public void The_address_of_a_browser_is_cratedb_with_tls()
    {
        var url = DatabaseUrl.Parse("https://admin:s3cret@name.aks1.eastus.azure.cratedb.net:4200/?timeout=60s");
        Assert.Equal("cratedb", url.Scheme);
        Assert.Equal("cratedb://admin:***@name.aks1.eastus.azure.cratedb.net:4200/?timeout=60s&ssl=true", url.ToString());
        Assert.Equal("s3cret", url.ResolvePassword());
        Assert.Equal("cratedb://h:4200/?ssl=true", DatabaseUrl.Parse("https://h/?ssl=true").ToString());
    }

    [Fact]
    public void A_server_may_have_no_user_and_no_database()
    {
        var url = DatabaseUrl.Parse("postgres://localhost");
        Assert.Equal(("postgresql", null, null, false), (url.Scheme, url.User, url.Database, url.HasPassword));
        Assert.Equal("postgresql://localhost:5432/", url.ToString());
        Assert.Equal("postgresql://me@localhost:5432/db", DatabaseUrl.Parse("postgresql://me@localhost/db").ToString());
    }

    [Fact]
    public void A_password_is_taken_from_the_environment()
    {
        var name = $"VARVE_TEST_{Guid.CreateVersion7():N}";
        var url = DatabaseUrl.Parse($"postgresql://me@h/db?password_env={name}&sslmode=require");
        Assert.Contains(name, Assert.Throws<PolicyException>(() => url.ResolvePassword()).Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(name, "s3cret");
        Assert.Equal("s3cret", url.ResolvePassword());
        Assert.Equal($"postgresql://me@h:5432/db?sslmode=require&password_env={name}", url.ToString());
        Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public void A_password_is_taken_from_the_first_line_of_a_file()
    {
        var file = Named("pass word");
        var url = DatabaseUrl.Parse($"postgresql://me@h/db?password_file={Uri.EscapeDataString(file)}");
        Assert.Contains(file, Assert.Throws<PolicyException>(() => url.ResolvePassword()).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "");
        Assert.Throws<PolicyException>(() => url.ResolvePassword());
        File.WriteAllText(file, "s3cret \r\nmore\n");
        Assert.Equal("s3cret ", url.ResolvePassword());
    }

    [Fact]
    public void A_password_is_taken_from_one_line_of_input()
    {
        var url = DatabaseUrl.Parse("cratedb://me@h/?password_stdin=true");
        using var input = new StringReader("s3cret\nnext");
        Assert.Equal("s3cret", url.ResolvePassword(input));
        Assert.Equal("next", input.ReadLine());
        Assert.Throws<PolicyException>(() => url.ResolvePassword());
        Assert.Throws<PolicyException>(() => url.ResolvePassword(new StringReader("")));
        Assert.Equal("cratedb://me@h:4200/?password_stdin=true", url.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("metrics")]
    [InlineData("mysql://me:s3cret@host/db")]
    [InlineData("me:s3cret@host/db")]
    [InlineData("m:s3cret@host/db")]
    [InlineData("duckdb:")]
    [InlineData("duckdb://metrics.duckdb")]
    [InlineData("duckdb:a%2.duckdb")]
    [InlineData("duckdb:a.duckdb?password=s3cret")]
    [InlineData("postgresql:me:s3cret@host")]
    [InlineData("postgresql://me:s3cret/db")]
    [InlineData("postgresql://me:s3cret/x@host/db")]
    [InlineData("postgresql://me:s3cret?x@host/db")]
    [InlineData("postgresql://me:s3cret%zz@host/db")]
    [InlineData("postgresql://me:s3cret@host:99999/db")]
    [InlineData("postgresql://me:s3cret@host:0/db")]
    [InlineData("postgresql://me:s3cret@/db")]
    [InlineData("postgresql://me:s3cret@host,/db")]
    [InlineData("postgresql://me:s3cret@host/db?password_env=X")]
    [InlineData("postgresql://me@host/db?password=s3cret&password_stdin=true")]
    [InlineData("postgresql://me@host/db?password_stdin=s3cret")]
    [InlineData("postgresql://me@host/db?token=s3cret&token=s3cret")]
    [InlineData("https://me:s3cret@host/?ssl=false")]
    public void What_cannot_be_read_is_refused_without_its_password(string text)
    {
        var error = Assert.Throws<PolicyException>(() => DatabaseUrl.Parse(text));
        Assert.StartsWith("VRV18", error.Code, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_among_the_options_are_masked()
    {
        var shown = DatabaseUrl
            .Parse("postgresql://me@host/db?sslpassword=s3cret&api_token=s3cret&sslmode=require&password=s3cret")
            .ToString();
        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
        Assert.Contains("sslmode=require", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_typed_a_password_is_never_shown() =>
        Gen.Select(
                Gen.Int[0, 4].Select(i => s_schemes[i]),
                Gen.String[Gen.Char["ab1:/?#@%&=,[].-"], 0, 12],
                Gen.String[Gen.Char["hx:/?,[]@"], 0, 8]
            )
            .Sample(
                (scheme, noise, host) =>
                {
                    var text = $"{scheme}://me:S3CRET{noise}@{host}";
                    try
                    {
                        var url = DatabaseUrl.Parse(text);
                        return url.Scheme == "duckdb" || !url.ToString().Contains("S3CRET", StringComparison.Ordinal);
                    }
                    catch (PolicyException error)
                    {
                        return !error.Message.Contains("S3CRET", StringComparison.Ordinal);
                    }
                }
            );
}
