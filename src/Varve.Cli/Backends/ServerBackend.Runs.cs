using System.Runtime.CompilerServices;
using NodaTime;
using Varve.Client;
using Varve.Client.Shapes;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using RunEvent = Varve.Execution.RunEvent;

namespace Varve.Cli.Backends;

internal sealed partial class ServerBackend
{
    /// <summary>
    /// The run is the server's: it goes on there where nobody follows it any more. Whoever asks it to stop, or cancels it, does so
    /// there.
    /// </summary>
    public async IAsyncEnumerable<RunEvent> RunAsync(
        Selection selection,
        RunOptions runOptions,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var run = (await AskedAsync(selection, runOptions, cancellationToken)).Id;
        await using var stopping = runOptions.Stop.Register(() => Ending(run, now: false));
        var tale = new RunTale();
        await using var told = server.Read(run).GetAsyncEnumerator(CancellationToken.None);
        while (await MovedAsync(told, run, cancellationToken))
        {
            foreach (var happened in tale.Take(told.Current))
                yield return happened;
        }
    }

    private async Task<ServerRunShape> AskedAsync(Selection selection, RunOptions options, CancellationToken cancellationToken)
    {
        var body = new RunBody(
            selection.Names,
            selection.Tags,
            options.Confirm,
            Text(options.AsOf),
            options.MaxRemove,
            options.For is { } length ? FormattableString.Invariant($"{(long)length.TotalSeconds}s") : null,
            options.Yes ? true : null,
            options.Plans is { } plans ? PlanFile.Write(plans) : null,
            options.AuditHead
        );

        // An answer that is lost on its way is asked for again, and the run is not begun a second time.
        var key = Guid.CreateVersion7().ToString();
        for (var left = 3; ; left--)
        {
            try
            {
                return await server.AskAsync((client, at) => client.AskRunAsync(at, body, key, cancellationToken), cancellationToken);
            }
            catch (EngineException lost) when (lost.InnerException is HttpRequestException or IOException && left > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
    }

    /// <summary>The next event. Cancelled, the statement in flight is rolled back before anybody goes.</summary>
    private async Task<bool> MovedAsync(IAsyncEnumerator<RunFeedEvent> told, string run, CancellationToken cancellationToken)
    {
        var next = server.NextAsync(told);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(() => cancelled.TrySetResult()))
        {
            if (await Task.WhenAny(next, cancelled.Task) == next)
                return await next;
        }

        await EndAsync(run, now: true);
        while (await next)
            next = server.NextAsync(told);
        throw new OperationCanceledException(cancellationToken);
    }

    // Asked from a signal: what is refused here, the run's own end tells.
    private void Ending(string run, bool now) => _ = Task.Run(() => EndAsync(run, now));

    private async Task EndAsync(string run, bool now)
    {
        try
        {
            await server.AskAsync(
                async client =>
                {
                    await client.EndRunAsync(run, new(now), CancellationToken.None);
                    return true;
                },
                CancellationToken.None
            );
        }
        catch (VarveException ended)
        {
            Render.Screen.Current.Warn(new Render.Span($"The server was asked to end the run: {ended.Message}", Render.Palette.Warn));
        }
    }
}
