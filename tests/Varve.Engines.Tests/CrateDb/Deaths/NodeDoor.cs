using Varve.Engines.Tests.CrateDb.Executing;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>
/// Commands that kill and start the nodes of a stand-in: a command leaves a file, and ends when somebody has taken it away, which
/// is done once the node is gone, or there again.
/// </summary>
internal sealed class NodeDoor : ICrateServer
{
    private const string Script = """
        folder=$(dirname "$0")
        echo "$2" > "$folder/$1.part" && mv "$folder/$1.part" "$folder/$1.asked" || exit 1
        while [ -e "$folder/$1.asked" ]; do sleep 0.02; done
        if [ -s "$folder/$1.refused" ]; then cat "$folder/$1.refused"; rm "$folder/$1.refused"; exit 3; fi
        """;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly ExecutingCrate _crate;
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-nodes-").FullName;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;

    internal NodeDoor(ExecutingCrate crate)
    {
        _crate = crate;
        File.WriteAllText(Path.Combine(_folder, "node"), Script);
        _watch = WatchAsync();
    }

    public string Url => _crate.Url;

    /// <summary>What VARVE_TEST_CRATEDB_NODES would say.</summary>
    internal string Commands => string.Join("; ", _crate.Store.Nodes.Select(n => $"{n.Name}=sh '{_folder}/node' {n.Name} {{}}"));

    public Task<string> AnswerAsync(string statement) => _crate.AnswerAsync(statement);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch;
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
        await _crate.DisposeAsync();
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var asked in Directory.EnumerateFiles(_folder, "*.asked"))
            {
                var node = Path.GetFileNameWithoutExtension(asked);
                var what = (await File.ReadAllTextAsync(asked)).Trim();
                var isAway = _crate.Store.Away.Contains(node);
                if (what == "kill" && !isAway)
                    await _crate.KillAsync(node);
                else if (what == "start" && isAway)
                    await _crate.StartAsync(node);
                else
                    await File.WriteAllTextAsync(
                        Path.ChangeExtension(asked, "refused"),
                        $"{what}: {node} is {(isAway ? "away" : "there")}"
                    );
                File.Delete(asked);
            }

            await Task.Delay(s_pause, CancellationToken.None);
        }
    }
}
