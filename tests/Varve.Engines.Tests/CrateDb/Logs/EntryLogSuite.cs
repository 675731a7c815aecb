using Varve.CrateDb;

namespace Varve.Engines.Tests.CrateDb.Logs;

/// <summary>A log that several writers share on a cluster.</summary>
public abstract class EntryLogSuite : IAsyncLifetime
{
    private const string Schema = "varve_log";

    private readonly List<Database> _opened = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ICrateServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var database in _opened)
            await database.DisposeAsync();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Each_number_is_given_once_whoever_writes()
    {
        var logs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync()));
        await Task.WhenAll(
            logs.Select(
                async (log, writer) =>
                {
                    var last = new LogEntry(0, "", "", null);
                    for (var i = 0; i < 15;)
                    {
                        last = (await log.ReadAsync(last.Number, 20, Token)).LastOrDefault(last);
                        if (await log.AppendAsync(Entry(last.Number + 1, last.Id, $"{writer}:{i}"), Token))
                            i++;
                    }
                }
            )
        );
        var all = await logs[0].ReadAsync(0, 100, Token);
        Assert.Equal(Enumerable.Range(1, 45).Select(n => (long)n), all.Select(e => e.Number));
        Assert.Equal(
            Enumerable.Range(0, 3).SelectMany(w => Enumerable.Range(0, 15).Select(i => $"{w}:{i}")).Order(),
            all.Select(e => e.Body!).Order()
        );
        Assert.Equal(all.SkipLast(1).Select(e => e.Id).Prepend(""), all.Select(e => e.Follows));
    }

    [Fact]
    public async Task What_was_written_is_read_at_once_as_far_as_no_number_is_missing()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        Assert.Empty(await one.ReadAsync(0, 5, Token));
        var long_ = string.Concat(Enumerable.Repeat("ä'\"\n\\{}", 25_000));
        foreach (var (number, body) in new[] { (1L, "a"), (2L, long_), (4L, "behind a gap") })
            Assert.True(await one.AppendAsync(Entry(number, $"{number - 1}", body, $"{number}"), Token));
        Assert.Equal([("1", "a"), ("2", long_)], (await other.ReadAsync(0, 5, Token)).Select(e => (e.Id, e.Body)));
        Assert.Equal([("1", null), ("2", long_)], (await other.ReadAsync(1, 5, Token)).Select(e => (e.Id, e.Body)));
        Assert.Equal([("2", null)], (await other.ReadAsync(2, 5, Token)).Select(e => (e.Id, e.Body)));
        Assert.Equal([("4", "behind a gap")], (await other.ReadAsync(3, 5, Token)).Select(e => (e.Id, e.Body)));
        Assert.Empty(await other.ReadAsync(9, 5, Token));
        Assert.False(await other.AppendAsync(Entry(2, "1", "another"), Token));
    }

    [Fact]
    public async Task A_base_takes_the_place_of_what_it_holds()
    {
        var log = await OpenAsync();
        for (var number = 1L; number <= 6; number++)
            Assert.True(await log.AppendAsync(Entry(number, "", $"{number}", $"{number}"), Token));
        Assert.Null(await log.BaseAsync(Token));
        Assert.True(await log.RebaseAsync(Entry(3, "", "", "3"), Parts("a", "b"), Token));
        var first = (await log.BaseAsync(Token))!;
        Assert.Equal((3, "3", 2), (first.Number, first.EntryId, first.Parts));
        Assert.Equal(
            ["a", "b", null],
            [await log.PartAsync(first, 0, Token), await log.PartAsync(first, 1, Token), await log.PartAsync(first, 2, Token)]
        );

        // The entry itself is kept: it tells that the log goes on from there.
        Assert.Equal(["3", "4"], (await log.ReadAsync(2, 2, Token)).Select(e => e.Id));

        // A base never goes back.
        Assert.False(await log.RebaseAsync(Entry(3, "", "", "3"), Parts("x"), Token));
        Assert.Equal(first, await log.BaseAsync(Token));
        Assert.True(await log.RebaseAsync(Entry(5, "", "", "5"), Parts("c"), Token));
        var second = (await log.BaseAsync(Token))!;
        Assert.Equal((5, 1, "c"), (second.Number, second.Parts, await log.PartAsync(second, 0, Token)));
        Assert.Null(await log.PartAsync(first, 0, Token));
    }

    [Fact]
    public async Task Of_two_that_write_a_base_at_once_one_is_in_force_and_whole()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        for (var number = 1L; number <= 3; number++)
            await one.AppendAsync(Entry(number, "", "", $"{number}"), Token);
        foreach (var entry in new[] { 2, 3 })
        {
            Assert.False(await one.RebaseAsync(Entry(entry, "", "", $"{entry}"), BetweenAsync(), Token));
            var now = (await other.BaseAsync(Token))!;
            Assert.Equal((entry, 1, "theirs"), (now.Number, now.Parts, await one.PartAsync(now, 0, Token)));

            async IAsyncEnumerable<string> BetweenAsync()
            {
                yield return "mine";
                Assert.True(await other.RebaseAsync(Entry(entry, "", "", $"{entry}"), Parts("theirs"), Token));
                yield return "and this";
            }
        }

        await RefreshAsync();
        Assert.Contains("[[1]]", await Server.AnswerAsync($"SELECT count(*) FROM {Schema}.log_parts"), StringComparison.Ordinal);
    }

    private protected abstract Task<ICrateServer> StartAsync();

    private protected async Task<IEntryLog> OpenAsync()
    {
        var database = await CrateDbDatabase.OpenAsync(DatabaseUrl.Parse(Server.Url), cancellationToken: Token);
        _opened.Add(database);
        var log = database.Engine.Capabilities.Logs!(Schema);
        await log.EnsureAsync(Token);
        return log;
    }

    private protected static LogEntry Entry(long number, string follows, string body, string? id = null) =>
        new(number, id ?? Guid.CreateVersion7().ToString("N"), follows, body);

    private protected static async IAsyncEnumerable<string> Parts(params string[] parts)
    {
        foreach (var part in parts)
            yield return await Task.FromResult(part);
    }

    private Task<string> RefreshAsync() => Server.AnswerAsync($"REFRESH TABLE {Schema}.log_entries, {Schema}.log_parts");
}
