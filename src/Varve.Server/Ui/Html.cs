using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Varve.Server.Ui;

/// <summary>
/// A piece of a page. The only way to make it is an interpolated string: its literal text was written by a programmer, and
/// whatever is put into it is encoded, so that no name, message or policy can become markup.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Html
{
    private readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    public Html(int literalLength, int formattedCount) => _text = new(literalLength + (formattedCount * 16));

    /// <summary>Nothing.</summary>
    internal static Html None { get; } = new(0, 0);

    internal bool IsEmpty => _text.Length == 0;

    public void AppendLiteral([ConstantExpected] string value) => _text.Append(value);

    public void AppendFormatted(string? value) => _text.Append(HtmlEncoder.Default.Encode(value ?? ""));

    public void AppendFormatted(Html? value) => _text.Append(value?._text);

    public void AppendFormatted(IEnumerable<Html> values)
    {
        foreach (var value in values)
            _text.Append(value._text);
    }

    public void AppendFormatted(long value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double value) => _text.Append(Math.Round(value, 3).ToString(CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
