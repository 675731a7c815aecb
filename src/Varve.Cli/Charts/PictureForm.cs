namespace Varve.Cli.Charts;

/// <summary>How large pictures are, and in which colours.</summary>
internal sealed record PictureForm(int Width, int Height, bool IsDark)
{
    internal const int Least = 400;
    internal const int Most = 8000;

    internal static PictureForm Usual { get; } = new(1400, 640, IsDark: false);

    internal Palette Palette => IsDark ? Palette.Dark : Palette.Light;

    internal Sheet Pixels() => new PixelSheet(Width, Height);

    internal Sheet Vectors(string title) => new VectorSheet(Width, Height, title);
}
