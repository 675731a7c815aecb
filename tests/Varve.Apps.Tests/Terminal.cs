using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Varve.Apps.Tests;

/// <summary>The tool in a terminal of its own, with somebody at the keyboard: what it prints is read while it runs.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private int _seen;

    private Terminal(Process process) => _process = process;

    /// <summary>Everything that was printed so far, control sequences included.</summary>
    internal string Screen => _screen.ToString();

    /// <summary>Starts the tool in a pseudo-terminal, which <c>script</c> makes.</summary>
    internal static Terminal Open(Sandbox box, params IReadOnlyList<string> args) => Open(box, 120, [], args);

    /// <summary>The same in a terminal of another width, with variables of its own.</summary>
    internal static Terminal Open(
        Sandbox box,
        int columns,
        IReadOnlyList<(string Name, string Value)> variables,
        IReadOnlyList<string> args
    )
    {
        var start = Tool.Command(box.Folder, [.. args, "--db", box.Db]);
        var command = string.Join(
            ' ',
            start.ArgumentList.Prepend(start.FileName).Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'")
        );
        (start.FileName, start.StandardOutputEncoding) = ("script", Encoding.UTF8);
        start.ArgumentList.Clear();
        foreach (
            var word in new[]
            {
                "-qfec",
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"stty cols {columns} rows 40 && exec {command}"),
                "/dev/null",
            }
        )
            start.ArgumentList.Add(word);
        start.Environment["TERM"] = "xterm";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment["SHELL"] = "/bin/sh";
        try
        {
            return new(Process.Start(start)!);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                $"This test needs the command `script` of util-linux, which makes a terminal (on Debian it is in the package bsdutils): {missing.Message}",
                missing
            );
        }
    }

    /// <summary>Waits until a text is printed after what was waited for before.</summary>
    internal async Task UntilAsync(string text)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var buffer = new char[4096];
        while (Screen.IndexOf(text, _seen, StringComparison.Ordinal) is var at)
        {
            if (at >= 0)
            {
                _seen = at + text.Length;
                return;
            }

            var count = await _process.StandardOutput.ReadAsync(buffer, patience.Token);
            if (count == 0)
                Assert.Fail($"It ended without printing {text}:\n{Screen}");
            _screen.Append(buffer, 0, count);
        }
    }

    /// <summary>Presses keys; a line ends with <c>\n</c>, Ctrl-C is <c>\x03</c>.</summary>
    internal async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads to the end; the exit code of the tool.</summary>
    internal async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        _screen.Append(await _process.StandardOutput.ReadToEndAsync(patience.Token));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
