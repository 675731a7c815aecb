namespace Varve.Apps.Tests;

public sealed class AheadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-ahead-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void What_is_compiled_from_this_build_is_started()
    {
        Take("Varve.Cli.dll", "Varve.Cli.dll");

        Assert.Equal(Path.Combine(_folder, "Varve.Cli.dll"), CompiledAhead.Checked(Tool.Built, _folder));
    }

    [Theory]
    [InlineData("Varve.Cli.dll")]
    [InlineData("Varve.DuckDb.dll")]
    public void What_is_of_another_build_is_refused(string stale)
    {
        Take("Varve.Cli.dll", "Varve.Cli.dll");
        Take("Varve.Client.dll", stale);

        var refused = Assert.Throws<InvalidOperationException>(() => CompiledAhead.Checked(Tool.Built, _folder));

        Assert.Contains(stale, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_the_program_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => CompiledAhead.Checked(Tool.Built, _folder));

    private void Take(string name, string named) =>
        File.Copy(Path.Combine(Path.GetDirectoryName(Tool.Built)!, name), Path.Combine(_folder, named), true);
}
