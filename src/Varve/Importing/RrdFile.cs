using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Varve.Importing;

/// <summary>What an RRD says of itself.</summary>
/// <param name="Step">Seconds between two primary points.</param>
/// <param name="Sources">Its data sources.</param>
/// <param name="Archives">Its round-robin archives.</param>
internal sealed partial record RrdFile(long Step, IReadOnlyList<RrdSource> Sources, IReadOnlyList<RrdArchive> Archives)
{
    /// <summary>Reads the output of <c>rrdtool info</c> or <c>rrdtool dump</c>.</summary>
    /// <exception cref="PolicyException">It is neither.</exception>
    public static RrdFile Read(string text, string file)
    {
        var read = text.AsSpan().TrimStart().StartsWith("<") ? Dump(text, file) : Information(text, file);
        if (read.Step <= 0)
            throw Wrong(file, "it has no step");
        if (read.Archives.Count == 0)
            throw Wrong(file, "it has no archive");
        return read;
    }

    private static RrdFile Information(string text, string file)
    {
        var step = 0L;
        SortedDictionary<string, Dictionary<string, string>> sources = new(StringComparer.Ordinal);
        SortedDictionary<int, Dictionary<string, string>> archives = [];
        List<string> order = [];
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            if (Line().Match(line) is not { Success: true } match)
                continue;
            var (key, value) = (match.Groups["key"].Value, match.Groups["value"].Value.Trim('"'));
            if (match.Groups["ds"] is { Success: true, Value: var ds })
            {
                if (sources.TryAdd(ds, []))
                    order.Add(ds);
                sources[ds][key] = value;
            }
            else if (match.Groups["rra"] is { Success: true, Value: var rra })
            {
                var index = int.Parse(rra, CultureInfo.InvariantCulture);
                archives.TryAdd(index, []);
                archives[index].TryAdd(key, value);
            }
            else if (key == "step")
            {
                step = Whole(value);
            }
        }

        if (order.Count == 0)
            throw Wrong(file, "it is neither the output of rrdtool info nor that of rrdtool dump");
        return new(
            step,
            [
                .. order.Select(name => new RrdSource(
                    name,
                    Of(sources[name], "type"),
                    Whole(Of(sources[name], "minimal_heartbeat")),
                    Limit(sources[name])
                )),
            ],
            [
                .. archives.Values.Select(a => new RrdArchive(
                    Of(a, "cf"),
                    Whole(Of(a, "pdp_per_row")),
                    Whole(Of(a, "rows")),
                    Real(Of(a, "xff"))
                )),
            ]
        );
    }

    private static RrdFile Dump(string text, string file)
    {
        try
        {
            using var xml = XmlReader.Create(
                new StringReader(text),
                new()
                {
                    DtdProcessing = DtdProcessing.Ignore,
                    XmlResolver = null,
                    IgnoreWhitespace = true,
                }
            );
            return new RrdDump(xml).Read();
        }
        catch (XmlException broken)
        {
            throw new PolicyException(
                ImportCodes.Unreadable,
                $"{file} cannot be imported: it is no XML from line {broken.LineNumber} on. Write it with rrdtool dump FILE.",
                broken
            );
        }
    }

    internal static long Whole(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (long)number : 0;

    internal static double Real(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0.5;

    internal static bool IsLimit(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);

    private static bool Limit(Dictionary<string, string> source) => IsLimit(Of(source, "min")) || IsLimit(Of(source, "max"));

    private static string Of(Dictionary<string, string> values, string key) => values.GetValueOrDefault(key, "");

    private static PolicyException Wrong(string file, string what) =>
        new(ImportCodes.Unreadable, $"{file} cannot be imported: {what}. Write it with rrdtool info FILE or rrdtool dump FILE.");

    [GeneratedRegex(@"^(?:ds\[(?<ds>[^\]]+)\]\.|rra\[(?<rra>\d+)\]\.)?(?<key>[a-z_]+) = (?<value>.*)$")]
    private static partial Regex Line();
}

/// <summary>A data source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">GAUGE, COUNTER and so on.</param>
/// <param name="Heartbeat">Seconds after which a value is unknown.</param>
/// <param name="IsLimited">True where values outside of a range are unknown.</param>
internal sealed record RrdSource(string Name, string Type, long Heartbeat, bool IsLimited);

/// <summary>A round-robin archive.</summary>
/// <param name="Function">AVERAGE, MIN, MAX, LAST, or a forecasting one.</param>
/// <param name="Steps">Primary points of a row.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Unknown">The largest share of unknown points of a known row.</param>
internal sealed record RrdArchive(string Function, long Steps, long Rows, double Unknown);
