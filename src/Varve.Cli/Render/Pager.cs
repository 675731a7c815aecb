using System.Diagnostics;

namespace Varve.Cli.Render;

/// <summary>What is longer than a terminal is high is shown by VARVE_PAGER, else PAGER, else less, as git and psql do.</summary>
internal static class Pager
{
    // sh says so where there is no such program.
    private const int NotFound = 127;

    /// <summary>Prints what a piece of work writes, page by page where that is needed.</summary>
    internal static async Task ShowAsync(Screen screen, Action<Screen> write)
    {
        if (!screen.IsTerminal || Named() is not { } pager)
        {
            write(screen);
            return;
        }

        var text = screen.Captured(write);
        if (text.AsSpan().Count('\n') < screen.Height || !await PageAsync(pager, text))
            await screen.Out.WriteAsync(text);
    }

    /// <summary>The pager; null where none is wanted.</summary>
    private static string? Named()
    {
        var named = Environment.GetEnvironmentVariable("VARVE_PAGER") ?? Environment.GetEnvironmentVariable("PAGER") ?? "less";
        return named.Trim() is { Length: > 0 } command and not "cat" ? command : null;
    }

    private static async Task<bool> PageAsync(string pager, string text)
    {
        if (OperatingSystem.IsWindows())
            return false;
        var start = new ProcessStartInfo("/bin/sh", ["-c", pager]) { RedirectStandardInput = true };

        // Colours, long lines cut instead of wrapped, and gone at once where all of it fits.
        start.Environment.TryAdd("LESS", "FRSX");
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The reader has seen enough and left.
        }

        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode != NotFound;
    }
}
