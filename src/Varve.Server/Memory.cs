using System.Runtime.InteropServices;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Runs;

namespace Varve.Server;

/// <summary>
/// Gives memory back once nothing is under way. The collector keeps what it needed while many runs went on, which is as much as
/// the processor has of cache, and so does the allocator of what is not managed; neither looks again while nothing happens.
/// </summary>
internal sealed class Memory(RunQueue queue, ConnectionSet connections, HomeDatabase home) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rest = new Rest(GC.GetTotalAllocatedBytes());
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_look, home.Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var isBusy = queue.Running + queue.Waiting > 0 || connections.All.Any(c => c.Waiting > 0);
            if (!stoppingToken.IsCancellationRequested && rest.Begins(isBusy, GC.GetTotalAllocatedBytes()))
                GiveBack();
        }
    }

    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception absent) when (absent is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than that of GNU: it keeps less, and has no such call.
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trim(nuint pad);

    /// <summary>Decides when: once after some work, when little happened between two looks.</summary>
    /// <param name="allocated">Bytes that were allocated until now.</param>
    internal sealed class Rest(long allocated)
    {
        internal const long Work = 64L << 20;
        internal const long Quiet = 4L << 20;

        private long _given = allocated;
        private long _before = allocated;

        /// <summary>True where memory is given back now.</summary>
        /// <param name="isBusy">True where something is under way or waits.</param>
        /// <param name="allocated">Bytes that were allocated until now.</param>
        public bool Begins(bool isBusy, long allocated)
        {
            var (isQuiet, worked) = (allocated - _before <= Quiet, allocated - _given >= Work);
            _before = allocated;
            if (isBusy || !isQuiet || !worked)
                return false;
            _given = allocated;
            return true;
        }
    }
}
