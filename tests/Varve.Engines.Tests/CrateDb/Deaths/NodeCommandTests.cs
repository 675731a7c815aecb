namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>How VARVE_TEST_CRATEDB_NODES is read and done.</summary>
public sealed class NodeCommandTests
{
    [Fact]
    public void Each_node_has_a_command_that_is_told_what_to_do()
    {
        var nodes = NodeCommand.Read(" n1=docker {} crate-n1 ; n2=./node.sh --name=n2; n3=ssh h3 'crate {} && true' ;");
        Assert.Equal(["n1", "n2", "n3"], nodes.Select(n => n.Name));
        Assert.Equal(["docker kill crate-n1", "./node.sh --name=n2 kill", "ssh h3 'crate kill && true'"], nodes.Select(n => n.For("kill")));
        Assert.Equal("docker start crate-n1", nodes[0].For("start"));
    }

    [Theory]
    [InlineData("n1; n2=b; n3=c", "`n1` names no node with its command")]
    [InlineData("n1=; n2=b; n3=c", "`n1=` names no node with its command")]
    [InlineData("=a; n2=b; n3=c", "`=a` names no node with its command")]
    [InlineData("n1=a; n1=b; n3=c", "The node n1 stands there twice")]
    [InlineData("n1=a; n2=b", "Of 2 nodes none can be spared")]
    public void What_is_no_such_list_is_refused_with_its_form(string text, string message)
    {
        var refused = Assert.Throws<FormatException>(() => NodeCommand.Read(text));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Write VARVE_TEST_CRATEDB_NODES=", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_fails_says_so_with_its_words()
    {
        await new NodeCommand("n1", "test {} = kill").KillAsync();
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new NodeCommand("n1", "echo no such {} >&2; false").StartAsync()
        );
        Assert.Contains("of n1 ended with 1: no such start", failed.Message, StringComparison.Ordinal);
    }
}
