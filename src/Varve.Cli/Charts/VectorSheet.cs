using System.Globalization;
using System.Text;
using System.Xml;

namespace Varve.Cli.Charts;

/// <summary>An SVG; its texts stay texts, which can be searched and read out.</summary>
internal sealed class VectorSheet : Sheet
{
    private readonly MemoryStream _stream = new();
    private readonly XmlWriter _xml;
    private int _clips;

    internal VectorSheet(int width, int height, string title)
        : base(width, height)
    {
        _xml = XmlWriter.Create(
            _stream,
            new()
            {
                Indent = true,
                Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                NewLineChars = "\n",
            }
        );
        _xml.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        Attributes(
            ("width", Number(width)),
            ("height", Number(height)),
            ("viewBox", $"0 0 {Number(width)} {Number(height)}"),
            ("font-family", Lettering.Family),
            ("role", "img")
        );
        _xml.WriteElementString("title", Clean(title));
    }

    public override void Dispose()
    {
        _xml.Dispose();
        _stream.Dispose();
    }

    internal override void Fill(IReadOnlyList<(double X, double Y)> corners, string colour, double opacity) =>
        Element("polygon", ("points", Points(corners)), ("fill", colour), ("fill-opacity", Number(opacity)));

    internal override void Stroke(IReadOnlyList<(double X, double Y)> points, string colour, double width, double? dash = null)
    {
        var always = new (string, string)[]
        {
            ("points", Points(points)),
            ("fill", "none"),
            ("stroke", colour),
            ("stroke-width", Number(width)),
            ("stroke-linejoin", "round"),
        };
        Element(
            "polyline",
            dash is { } length ? [.. always, ("stroke-dasharray", Number(length))] : [.. always, ("stroke-linecap", "round")]
        );
    }

    internal override void Write(string text, double x, double y, double size, string colour, Anchor anchor, bool bold)
    {
        _xml.WriteStartElement("text");
        Attributes(("x", Number(x)), ("y", Number(y)), ("font-size", Number(size)), ("fill", colour));
        if (anchor != Anchor.Start)
            Attributes(("text-anchor", anchor == Anchor.Middle ? "middle" : "end"));
        if (bold)
            Attributes(("font-weight", "600"));
        _xml.WriteString(Clean(text));
        _xml.WriteEndElement();
    }

    internal override void Within(Box box, Action draw)
    {
        var name = $"clip{Number(++_clips)}";
        _xml.WriteStartElement("clipPath");
        Attributes(("id", name));
        Element("rect", ("x", Number(box.Left)), ("y", Number(box.Top)), ("width", Number(box.Width)), ("height", Number(box.Height)));
        _xml.WriteEndElement();
        _xml.WriteStartElement("g");
        Attributes(("clip-path", $"url(#{name})"));
        draw();
        _xml.WriteEndElement();
    }

    internal override byte[] Encoded()
    {
        _xml.WriteEndElement();
        _xml.Flush();
        return _stream.ToArray();
    }

    private void Element(string name, params IEnumerable<(string, string)> attributes)
    {
        _xml.WriteStartElement(name);
        Attributes(attributes);
        _xml.WriteEndElement();
    }

    private void Attributes(params IEnumerable<(string Name, string Value)> attributes)
    {
        foreach (var (name, value) in attributes)
            _xml.WriteAttributeString(name, value);
    }

    // XML has no place for control characters, and a value may hold them.
    private static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(r => r.Value < 32 || r.Value is 0xfffe or 0xffff ? "\ufffd" : r.ToString()));

    private static string Points(IReadOnlyList<(double X, double Y)> points) =>
        string.Join(' ', points.Select(p => $"{Number(p.X)},{Number(p.Y)}"));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
