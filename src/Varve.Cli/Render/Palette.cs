namespace Varve.Cli.Render;

/// <summary>The few colours of the command line; each says one thing.</summary>
internal enum Palette
{
    /// <summary>Ordinary text.</summary>
    Plain,

    /// <summary>What matters less.</summary>
    Dim,

    /// <summary>Names and headings.</summary>
    Bold,

    /// <summary>Built, done, sound.</summary>
    Good,

    /// <summary>Wants attention.</summary>
    Warn,

    /// <summary>Removed, failed.</summary>
    Bad,

    /// <summary>The line of a chart.</summary>
    Accent,

    /// <summary>Another line of a chart.</summary>
    Blue,

    /// <summary>Another line of a chart.</summary>
    Violet,
}

/// <summary>Some text in one colour.</summary>
internal readonly record struct Span(string Text, Palette Ink = Palette.Plain)
{
    public static implicit operator Span(string text) => new(text);
}
