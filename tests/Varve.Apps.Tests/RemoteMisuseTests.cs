namespace Varve.Apps.Tests;

/// <summary>Servers that cannot be asked, and what no server can do: said before anything happens, with a way out.</summary>
public sealed class RemoteMisuseTests(RemoteMisuseTests.Served served) : IClassFixture<RemoteMisuseTests.Served>
{
    private static readonly string[] s_variables = ["VARVE_SERVER", "VARVE_TOKEN", "VARVE_CONNECTION"];

    [Theory]
    [InlineData("is run in one place only, a recurrent query", "sql", "SELECT 1")]
    [InlineData("varve archive repository list works on this machine", "archive", "repository", "list")]
    [InlineData("varve demo works on this machine", "demo")]
    [InlineData("varve serve works on this machine", "serve")]
    [InlineData("--to does not go with --server", "compact", "--to", "x.duckdb")]
    [InlineData("is another database", "import", "cratedb-toolkit")]
    [InlineData("--grants writes statements for the role that opens the database", "doctor", "--grants", "reader")]
    [InlineData("--db opens a database here, and --server asks a server", "status", "--db", "duckdb:test.duckdb")]
    [InlineData("--schema does not go with --server", "status", "--schema", "mine")]
    [InlineData("--archive does not go with --server", "archive", "verify", "--archive", "cold=/tmp")]
    [InlineData("There is no connection nothing", "status", "--connection", "nothing")]
    public async Task What_a_server_cannot_do_is_refused_by_name(string says, params string[] args)
    {
        var refused = await served.Box.RunAsync(args);
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Contains(says, refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "no address of a server", "nowhere")]
    [InlineData(2, "clear text", "http://varve.example.com/")]
    [InlineData(2, "takes a token", "https://ann:secret@varve.example.com/")]
    [InlineData(4, "nothing takes connections there", "http://127.0.0.1:9/")]
    [InlineData(4, "no machine of that name is known", "https://varve.invalid/")]
    public async Task An_address_where_there_is_none_is_said(int exitCode, string says, string server)
    {
        var start = Tool.Command(served.Box.Box.Folder, ["status", "--server", server]);
        start.Environment["VARVE_TOKEN"] = "varve_x";
        var refused = await Tool.EndAsync(start);
        Assert.True(refused.ExitCode == exitCode, refused.Text);
        Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_needed_known_and_of_a_role_that_is_enough()
    {
        var none = await Tool.EndAsync(served.Box.Command(null, "status"));
        Assert.True(none.ExitCode == 2, none.Text);
        Assert.Contains("VARVE_TOKEN", none.Error, StringComparison.Ordinal);
        served.Box.Box.Write("unknown", "varve_nothing\n");
        var unknown = await served.Box.RunAsync("status", "--token-file", "unknown");
        Assert.True(unknown.ExitCode == 2, unknown.Text);
        Assert.Contains("does not take this token", unknown.Error, StringComparison.Ordinal);
        foreach (var args in new string[][] { ["run"], ["apply", "cpu.yaml"], ["policy", "delete", "cpu", "--yes"] })
        {
            var viewer = await Tool.EndAsync(served.Box.Command("Viewer", args));
            Assert.True(viewer.ExitCode == 2, viewer.Text);
            Assert.Contains("VRV511: This takes the role ", viewer.Error, StringComparison.Ordinal);
            Assert.Contains("viewer is viewer. Ask for a token of that role", viewer.Error, StringComparison.Ordinal);
        }

        var prune = await Tool.EndAsync(served.Box.Command("Operator", "apply", "cpu.yaml", "--prune"));
        Assert.True(prune.ExitCode == 2, prune.Text);
        Assert.Contains("role admin", prune.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_come_from_the_environment_and_the_token_from_standard_input()
    {
        var start = Tool.Command(served.Box.Box.Folder, ["policy", "list", "--token-file", "-"]);
        (start.Environment["VARVE_SERVER"], start.Environment["VARVE_CONNECTION"]) = (served.Box.Address, "test");
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(served.Box.Token("Viewer"));
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync());
        Assert.Contains("cpu", said, StringComparison.Ordinal);
        var both = Tool.Command(served.Box.Box.Folder, ["status"]);
        (both.Environment["VARVE_SERVER"], both.Environment["VARVE_DB"]) = (served.Box.Address, served.Box.Box.Db);
        var refused = await Tool.EndAsync(both);
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Contains("VARVE_DB and VARVE_SERVER are both set", refused.Error, StringComparison.Ordinal);
        foreach (
            var (says, args) in new (string, string[])[]
            {
                ("VARVE_SERVER names cannot do it", ["archive", "repository", "list"]),
                ("a recurrent query, which has its own right", ["sql", "SELECT 1"]),
            }
        )
        {
            var local = Tool.Command(served.Box.Box.Folder, args);
            local.Environment["VARVE_SERVER"] = served.Box.Address;
            refused = await Tool.EndAsync(local);
            Assert.True(refused.ExitCode == 2, refused.Text);
            Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        }

        Assert.All(s_variables, name => Assert.False(Tool.Command(null, []).Environment.ContainsKey(name), name));
    }

    /// <summary>A table with a policy, served.</summary>
    public sealed class Served : IAsyncLifetime
    {
        internal ServedBox Box { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Box = await ServedBox.OfAsync(await Sandbox.AppliedAsync());

        public ValueTask DisposeAsync() => Box.DisposeAsync();
    }
}
