namespace Varve.Cli.Charts;

/// <summary>Where a text begins.</summary>
internal enum Anchor
{
    /// <summary>Left of its place.</summary>
    Start,

    /// <summary>Around it.</summary>
    Middle,

    /// <summary>Before it.</summary>
    End,
}

/// <summary>A rectangle, y downwards.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    internal double Width => Right - Left;

    internal double Height => Bottom - Top;
}

/// <summary>A sheet of pixels or of vectors that pictures are drawn on.</summary>
internal abstract class Sheet : IDisposable
{
    protected Sheet(int width, int height) => (Width, Height) = (width, height);

    internal int Width { get; }

    internal int Height { get; }

    public abstract void Dispose();

    /// <summary>A filled polygon.</summary>
    internal abstract void Fill(IReadOnlyList<(double X, double Y)> corners, string colour, double opacity);

    /// <summary>A line through points; dashes in pixels, null for none.</summary>
    internal abstract void Stroke(IReadOnlyList<(double X, double Y)> points, string colour, double width, double? dash = null);

    /// <summary>A line of text on its base.</summary>
    internal abstract void Write(string text, double x, double y, double size, string colour, Anchor anchor, bool bold);

    /// <summary>Draws with everything outside of a box left out.</summary>
    internal abstract void Within(Box box, Action draw);

    /// <summary>The whole file.</summary>
    internal abstract byte[] Encoded();

    internal void Text(string text, double x, double y, double size, string colour, Anchor anchor = Anchor.Start, bool bold = false)
    {
        if (text.Length > 0)
            Write(text, x, y, size, colour, anchor, bold);
    }

    internal void Box(Box box, string colour, double opacity = 1) =>
        Fill([(box.Left, box.Top), (box.Right, box.Top), (box.Right, box.Bottom), (box.Left, box.Bottom)], colour, opacity);

    /// <summary>Writes the file; nothing of it is there before all of it is drawn.</summary>
    internal void Save(string file)
    {
        var bytes = Encoded();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllBytes(file, bytes);
    }
}
