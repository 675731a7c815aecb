using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Varve.Server.Access;
using Varve.Server.Connections;

namespace Varve.Server.Tests.Crowds;

/// <summary>A database with more readers than it can answer.</summary>
[Collection(Served.Name)]
public sealed class CrowdTests(ServedDatabase served)
{
    private const string Policies = $"api/v1/connections/{ServedDatabase.Mine}/policies";

    private readonly TaskCompletionSource<int> _end = new();

    private ServerConnection Connection =>
        served.Server.Services.GetRequiredService<ConnectionSet>().Find(Caller.Scheduler, ServedDatabase.Mine)!;

    [Fact]
    public async Task A_reader_who_has_gone_leaves_the_queue_and_one_too_many_is_told_when_to_ask_again()
    {
        var client = served.Client(Role.Viewer);
        var crowd = Fill();
        using (var gone = new CancellationTokenSource())
        {
            var waits = client.GetAsync(Policies, gone.Token);
            await ServedDatabase.UntilAsync(() => Task.FromResult(Connection.Waiting), waiting => waiting == 1);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
            await ServedDatabase.UntilAsync(() => Task.FromResult(Connection.Waiting), waiting => waiting == 0);
        }

        for (var i = 0; i < ServerConnection.MostWaiting; i++)
            crowd.Add(Connection.UseAsync("crowd", _ => Task.FromResult(0), default));
        using var refused = await client.GetAsync(Policies);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(ServerCodes.Crowded, (await ServedDatabase.JsonAsync(refused)).GetProperty("code").GetString());
        _end.SetResult(0);
        await Task.WhenAll(crowd);
        using var answered = await client.GetAsync(Policies);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Runs_their_streams_and_long_requests_do_not_wait_behind_readers()
    {
        var client = served.Client(Role.Operator);
        using var asked = await client.PostAsync(
            $"api/v1/connections/{ServedDatabase.Mine}/runs",
            JsonContent.Create(new { policies = new[] { "cpu" } })
        );
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var crowd = Fill();
        crowd.Add(Connection.UseAsync("crowd", _ => Task.FromResult(0), default));
        Assert.Equal(1, Connection.Waiting);
        var events = await client.GetStringAsync($"{asked.Headers.Location!.OriginalString}/events");
        Assert.Contains("event: ended", events);
        Assert.Equal(1, await Connection.OwnAsync("the server", async l => (await l.AuditAsync(1)).Count, default));
        using var verified = await client.GetAsync($"{Policies}/cpu/verify");
        Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
        Assert.Equal(1, Connection.Waiting);
        _end.SetResult(0);
        await Task.WhenAll(crowd);
    }

    /// <summary>Takes every turn.</summary>
    private List<Task<int>> Fill() =>
        [.. Enumerable.Range(0, Connection.AtOnce).Select(_ => Connection.UseAsync("crowd", _ => _end.Task, default))];
}
