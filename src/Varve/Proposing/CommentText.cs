using System.Globalization;
using NodaTime;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>Numbers, instants and names as comments say them, the same in every culture and on one line.</summary>
internal static class CommentText
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Rows(long rows) => rows == 1 ? "1 row" : $"{Number(rows)} rows";

    public static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    public static string Share(long part, long whole) =>
        whole == 0 ? "0 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");

    public static string At(Instant at) => InstantText.Format(at);

    /// <summary>Seconds where it is short, the largest exact unit else.</summary>
    public static string Length(Duration length) =>
        length < Duration.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{length.TotalMilliseconds:0.###} ms")
        : length.TotalSeconds % 1 == 0 && length < Duration.FromDays(3650) ? Keep.OfSeconds((long)length.TotalSeconds).Text
        : string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.#} s");

    /// <summary>A name of the database inside of a comment: a line break in it would end the comment.</summary>
    public static string Name(string name) =>
        string.Concat(name.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u0085' ? '?' : c));
}
