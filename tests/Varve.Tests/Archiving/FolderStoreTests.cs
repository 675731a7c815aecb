using System.Security.Cryptography;
using Varve.Archiving;
using Varve.Engines;
using Xunit;

namespace Varve.Tests.Archiving;

public sealed class FolderStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-store-").FullName;

    private FolderStore Store => new(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("a/b/c")]
    [InlineData("x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/..")]
    [InlineData("a/b\0")]
    [InlineData("a\\..\\b/x")]
    public async Task A_name_that_could_lead_out_is_refused(string name)
    {
        Assert.Equal("VRV346", (await Assert.ThrowsAsync<HaltException>(() => Store.OpenAsync(name, default))).Code);
        Assert.Throws<HaltException>(() => Store.Spool(name));
        await Assert.ThrowsAsync<HaltException>(() => Store.DeleteAsync(name, default));
    }

    [Fact]
    public async Task A_file_is_there_whole_once_it_was_put()
    {
        var spool = Store.Spool("p/a");
        await File.WriteAllTextAsync(spool, "rows");
        Assert.Null(await Store.OpenAsync("p/a", default));
        await Store.PutAsync(spool, "p/a", SHA256.HashData("rows"u8), default);
        Assert.Equal(["p/a"], await Store.ListAsync("p", default));
        Assert.Equal("rows", await Store.ReadAsync("p/a", default));
        await Store.WriteAsync("p/a", "more", default);
        Assert.Equal("more", await Store.ReadAsync("p/a", default));
        await Store.DeleteAsync("p/a", default);
        await Store.DeleteAsync("p/a", default);
        Assert.Empty(await Store.ListAsync("p", default));
        Assert.Empty(await Store.ListAsync("q", default));
    }

    [Fact]
    public async Task A_link_is_refused_wherever_it_stands()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(_folder, "p"), elsewhere);
        Assert.Throws<HaltException>(() => Store.Spool("p/a"));
        await Assert.ThrowsAsync<HaltException>(() => Store.ListAsync("p", default));
        File.CreateSymbolicLink(Path.Combine(elsewhere, "a"), "/etc/hostname");
        await Assert.ThrowsAsync<HaltException>(() => Store.OpenAsync("elsewhere/a", default));
    }

    [Fact]
    public async Task What_an_ended_run_left_leads_nowhere()
    {
        var victim = Path.Combine(_folder, "victim");
        await File.WriteAllTextAsync(victim, "mine");
        Directory.CreateDirectory(Path.Combine(_folder, "p"));
        File.CreateSymbolicLink(Path.Combine(_folder, "p", "a.part"), victim);
        await Store.WriteAsync("p/a", "text", default);
        Assert.Equal("mine", await File.ReadAllTextAsync(victim));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_not_made()
    {
        var store = new FolderStore(Path.Combine(_folder, "gone"));
        Assert.Equal(
            EngineCodes.NoArchive,
            (await Assert.ThrowsAsync<EngineException>(() => store.WriteAsync("p/a", "text", default))).Code
        );
        Assert.False(Directory.Exists(Path.Combine(_folder, "gone")));
    }
}
