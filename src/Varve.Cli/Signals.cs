using System.Runtime.InteropServices;
using Varve.Cli.Render;

namespace Varve.Cli;

/// <summary>
/// Ctrl-C and SIGTERM. A run first stops between two steps and then, asked again, is cancelled; everything else is
/// cancelled at once.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cancel;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    internal Signals(CancellationToken outer)
    {
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Asked);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Asked);
    }

    /// <summary>Those of this invocation.</summary>
    internal static Signals? Current { get; set; }

    /// <summary>Asked to stop after the step in flight.</summary>
    internal CancellationToken Stopping => _stop.Token;

    /// <summary>Asked to stop at once.</summary>
    internal CancellationToken Cancelled => _cancel.Token;

    /// <summary>True while steps are run: the first signal then asks to stop between two of them.</summary>
    internal bool IsGraceful { get; set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
        _cancel.Dispose();
    }

    private void Asked(PosixSignalContext context)
    {
        context.Cancel = true;
        if (IsGraceful && !_stop.IsCancellationRequested)
        {
            Screen.Current.Warn(new Span("Stopping after this step; press Ctrl-C again to cancel it.", Palette.Warn));
            _stop.Cancel();
            return;
        }

        _cancel.Cancel();
    }
}
