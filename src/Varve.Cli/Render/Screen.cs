using System.Text;

namespace Varve.Cli.Render;

/// <summary>Where people read: standard output with colour where there is a terminal, and standard error for what went wrong.</summary>
internal sealed class Screen
{
    private const int LeastWidth = 60;
    private const int DefaultWidth = 100;

    private readonly bool _colour;
    private readonly bool _errorColour;
    private readonly Outlet _out;
    private readonly Outlet _error;

    private Screen()
    {
        var dumb = Set("NO_COLOR") || Environment.GetEnvironmentVariable("TERM") == "dumb";
        IsTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        HasErrorTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        CanAsk = IsTerminal && !Console.IsInputRedirected;
        _colour = !dumb && !Console.IsOutputRedirected;
        _errorColour = !dumb && !Console.IsErrorRedirected;
        (Width, Height) = (
            Math.Max(LeastWidth, Measured(DefaultWidth, () => Console.WindowWidth)),
            Measured(int.MaxValue, () => Console.WindowHeight)
        );
        (_out, _error) = (new(Console.OpenStandardOutput()), new(Console.OpenStandardError()));
        (Out, Error) = (Writer(_out), Writer(_error));
    }

    /// <summary>The one screen of this process.</summary>
    internal static Screen Current { get; } = new();

    /// <summary>True where a progress bar can move.</summary>
    internal bool IsTerminal { get; }

    /// <summary>True where progress can move on standard error.</summary>
    internal bool HasErrorTerminal { get; }

    /// <summary>True where a person can be asked.</summary>
    internal bool CanAsk { get; }

    /// <summary>True where colour is wanted.</summary>
    internal bool HasColour => _colour;

    /// <summary>True where colour is wanted on standard error.</summary>
    internal bool HasErrorColour => _errorColour;

    /// <summary>Columns.</summary>
    internal int Width { get; }

    /// <summary>Lines that are seen at once.</summary>
    internal int Height { get; }

    /// <summary>True where a table is shown whole, however wide.</summary>
    internal bool IsWide { get; set; }

    /// <summary>Standard output, UTF-8.</summary>
    internal TextWriter Out { get; private set; }

    /// <summary>Standard output as bytes; flush <see cref="Out"/> before. It is never closed.</summary>
    internal Stream Bytes => _out;

    /// <summary>Standard error, UTF-8.</summary>
    internal TextWriter Error { get; }

    /// <summary>Prints a line; on a terminal that is too narrow it goes on below, behind a whole cell.</summary>
    internal void Line(params ReadOnlySpan<Span> spans)
    {
        foreach (var line in IsTerminal && !IsWide ? CellBreaks.Lines([.. spans], Width) : [spans.ToArray()])
        {
            foreach (var span in line)
                Put(Out, span, _colour);
            Out.WriteLine();
        }
    }

    internal void Warn(params ReadOnlySpan<Span> spans)
    {
        Out.Flush();
        foreach (var span in spans)
            Put(Error, span, _errorColour);
        Error.WriteLine();
        Error.Flush();
    }

    /// <summary>What a piece of work would print, with its colours.</summary>
    internal string Captured(Action<Screen> write)
    {
        Out.Flush();
        var real = Out;
        using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" };
        Out = text;
        try
        {
            write(this);
            return text.ToString();
        }
        finally
        {
            Out = real;
        }
    }

    private static void Put(TextWriter writer, Span span, bool colour)
    {
        if (!colour || span.Ink is Palette.Plain || span.Text.Length == 0)
        {
            writer.Write(span.Text);
            return;
        }

        writer.Write("\e[");
        writer.Write(
            span.Ink switch
            {
                Palette.Dim => "2",
                Palette.Bold => "1",
                Palette.Good => "32",
                Palette.Warn => "33",
                Palette.Bad => "31",
                Palette.Blue => "34",
                Palette.Violet => "35",
                _ => "36",
            }
        );
        writer.Write('m');
        writer.Write(span.Text);
        writer.Write("\e[0m");
    }

    private static bool Set(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    private static int Measured(int otherwise, Func<int> measure)
    {
        try
        {
            return Console.IsOutputRedirected || measure() is not (> 0 and var size) ? otherwise : size;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }

    /// <summary>Prints what is left, and the exit code: an own one where the work is done and what it printed did not arrive.</summary>
    internal int End(int exitCode)
    {
        Out.Flush();
        if (_out.Lost is { } lost)
            Warn(
                new("error  ", Palette.Bad),
                $"{Outlet.Code}: Not all of the output could be written: {lost}. What was asked for was done nevertheless."
            );
        Error.Flush();
        return exitCode is ExitCode.Done or ExitCode.SomethingToDo && (_out.Lost ?? _error.Lost) is not null
            ? ExitCode.OutputLost
            : exitCode;
    }

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = false, NewLine = "\n" };
}
