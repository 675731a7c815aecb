using SkiaSharp;

namespace Varve.Cli.Charts;

/// <summary>The letters of pictures: Inter, which Varve brings, so that they look the same on every machine.</summary>
internal static class Lettering
{
    private static readonly SKTypeface s_regular = Load("Inter-Regular.ttf");
    private static readonly SKTypeface s_bold = Load("Inter-SemiBold.ttf");

    /// <summary>What a page names that has the font, or one like it.</summary>
    internal const string Family = "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

    internal static double Width(string text, double size, bool bold = false) =>
        Runs(text, bold)
            .Sum(run =>
            {
                using var font = new SKFont(run.Face, (float)size);
                return (double)font.MeasureText(run.Text);
            });

    /// <summary>At most that wide, the end left out where it has to be.</summary>
    internal static string Fitted(string text, double size, double width, bool bold = false)
    {
        if (Width(text, size, bold) <= width)
            return text;
        for (var length = text.Length - 1; length > 0; length--)
        {
            if (char.IsHighSurrogate(text[length - 1]))
                continue;
            var shorter = $"{text[..length].TrimEnd()}…";
            if (Width(shorter, size, bold) <= width)
                return shorter;
        }

        return "";
    }

    internal static void Draw(SKCanvas canvas, string text, double x, double y, double size, bool bold, SKPaint paint)
    {
        foreach (var (part, face) in Runs(text, bold))
        {
            using var font = new SKFont(face, (float)size) { Subpixel = true, Edging = SKFontEdging.Antialias };
            canvas.DrawText(part, (float)x, (float)y, SKTextAlign.Left, font, paint);
            x += font.MeasureText(part);
        }
    }

    /// <summary>Parts of a text by the typeface that has their letters: Inter, else one of the machine's.</summary>
    private static IEnumerable<(string Text, SKTypeface Face)> Runs(string text, bool bold)
    {
        var inter = bold ? s_bold : s_regular;
        var (start, open) = (0, inter);
        for (var i = 0; i < text.Length;)
        {
            var rune = System.Text.Rune.TryGetRuneAt(text, i, out var known) ? known : System.Text.Rune.ReplacementChar;
            var face = inter.GetGlyph(rune.Value) != 0 ? inter : SKFontManager.Default.MatchCharacter(rune.Value) ?? inter;
            if (face.FamilyName != open.FamilyName)
            {
                if (i > start)
                    yield return (text[start..i], open);
                (start, open) = (i, face);
            }

            i += Math.Max(1, Math.Min(rune.Utf16SequenceLength, text.Length - i));
        }

        if (start < text.Length)
            yield return (text[start..], open);
    }

    private static SKTypeface Load(string name)
    {
        using var stream =
            typeof(Lettering).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in this assembly.");
        return SKTypeface.FromStream(stream) ?? throw new InvalidOperationException($"{name} is no font.");
    }
}
