using Varve.Engines;
using Varve.Server.Connections;

namespace Varve.Server.Tests.Crowds;

public sealed class OpenFilesTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-files-").FullName;
    private readonly OpenFiles _files = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_had_alone_once_everybody_has_closed_it_by_whatever_name()
    {
        var (url, link) = (Url("a.duckdb"), Url("link.duckdb"));
        File.WriteAllText(url.Path, "");
        File.CreateSymbolicLink(link.Path, url.Path);
        _files.Open(url, () => 0);
        _files.Open(link, () => 0);
        var entered = false;
        var release = new TaskCompletionSource();
        var alone = _files.AloneAsync(url, s_long, WorkAsync, CancellationToken.None);
        _files.Closed(link);
        Assert.False(entered);
        Assert.Contains("at this moment", Assert.Throws<BusyException>(() => _files.Open(link, () => 0)).Message, StringComparison.Ordinal);
        Assert.Throws<BusyException>(() => _files.Require(url));
        await Assert.ThrowsAsync<BusyException>(() => _files.AloneAsync(link, s_long, WorkAsync, CancellationToken.None));
        Assert.Equal(3, _files.Open(Url("other.duckdb"), () => 3));
        _files.Closed(url);
        release.SetResult();
        await alone;
        Assert.True(entered);
        Assert.Equal(4, _files.Open(link, () => 4));

        async Task<int> WorkAsync()
        {
            entered = true;
            await release.Task;
            return 0;
        }
    }

    [Fact]
    public async Task What_stays_open_or_cannot_be_opened_locks_nobody_out()
    {
        var url = Url("b.duckdb");
        _files.Open(url, () => 0);
        await Assert.ThrowsAsync<BusyException>(() =>
            _files.AloneAsync(url, TimeSpan.Zero, () => Task.FromResult(0), CancellationToken.None)
        );
        Assert.Equal(1, _files.Open(url, () => 1));
        _files.Closed(url);
        _files.Closed(url);
        Assert.Throws<IOException>(() => _files.Open<int>(url, () => throw new IOException("no")));
        Assert.Equal(5, await _files.AloneAsync(url, TimeSpan.Zero, () => Task.FromResult(5), CancellationToken.None));
    }

    private DatabaseUrl Url(string name) => DatabaseUrl.Parse($"duckdb:{Path.Combine(_folder, name)}");
}
