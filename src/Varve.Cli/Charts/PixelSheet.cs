using SkiaSharp;

namespace Varve.Cli.Charts;

/// <summary>A PNG.</summary>
internal sealed class PixelSheet : Sheet
{
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;

    internal PixelSheet(int width, int height)
        : base(width, height)
    {
        _bitmap = new(width, height);
        _canvas = new(_bitmap);
    }

    public override void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    internal override void Fill(IReadOnlyList<(double X, double Y)> corners, string colour, double opacity)
    {
        using var path = Outline(corners);
        path.Close();
        using var paint = new SKPaint { Color = SKColor.Parse(colour).WithAlpha((byte)Math.Round(255 * opacity)), IsAntialias = true };
        _canvas.DrawPath(path, paint);
    }

    internal override void Stroke(IReadOnlyList<(double X, double Y)> points, string colour, double width, double? dash = null)
    {
        using var path = Outline(points);
        using var effect = dash is { } length ? SKPathEffect.CreateDash([(float)length, (float)length], 0) : null;
        using var paint = new SKPaint
        {
            Color = SKColor.Parse(colour),
            IsAntialias = true,
            IsStroke = true,
            StrokeWidth = (float)width,
            StrokeJoin = SKStrokeJoin.Round,
            StrokeCap = dash is null ? SKStrokeCap.Round : SKStrokeCap.Butt,
            PathEffect = effect,
        };
        _canvas.DrawPath(path, paint);
    }

    internal override void Write(string text, double x, double y, double size, string colour, Anchor anchor, bool bold)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
        var width = Lettering.Width(text, size, bold);
        Lettering.Draw(
            _canvas,
            text,
            x
                - (
                    anchor switch
                    {
                        Anchor.Start => 0,
                        Anchor.Middle => width / 2,
                        _ => width,
                    }
                ),
            y,
            size,
            bold,
            paint
        );
    }

    internal override void Within(Box box, Action draw)
    {
        _canvas.Save();
        _canvas.ClipRect(new((float)box.Left, (float)box.Top, (float)box.Right, (float)box.Bottom));
        draw();
        _canvas.Restore();
    }

    internal override byte[] Encoded()
    {
        _canvas.Flush();
        using var encoded = _bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    private static SKPath Outline(IReadOnlyList<(double X, double Y)> points)
    {
        var path = new SKPath();
        path.MoveTo((float)points[0].X, (float)points[0].Y);
        foreach (var (x, y) in points.Skip(1))
            path.LineTo((float)x, (float)y);
        return path;
    }
}
