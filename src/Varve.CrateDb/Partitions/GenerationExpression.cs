using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using Varve.Time;

namespace Varve.CrateDb.Partitions;

/// <summary>
/// What the expression of a generated partition column says: which column it is made from, and which instants share a
/// value. Read are <c>date_trunc</c>, <c>date_bin</c>, either of them as a number, and <c>date_format</c> by year, month or day.
/// </summary>
/// <param name="Time">The column that it is made from.</param>
/// <param name="Grid">Which instants share a value.</param>
/// <param name="Format">How a text spells the first day; null where the value is an instant or its milliseconds.</param>
internal sealed partial record GenerationExpression(string Time, PartitionGrid Grid, string? Format = null)
{
    private static readonly Dictionary<string, (CalendarUnit Unit, string Pattern)> s_formats = new(StringComparer.Ordinal)
    {
        ["%Y"] = (CalendarUnit.Year, "uuuu"),
        ["%Y-%m"] = (CalendarUnit.Month, "uuuu-MM"),
        ["%Y%m"] = (CalendarUnit.Month, "uuuuMM"),
        ["%Y-%m-%d"] = (CalendarUnit.Day, "uuuu-MM-dd"),
        ["%Y%m%d"] = (CalendarUnit.Day, "uuuuMMdd"),
    };

    /// <summary>
    /// Reads an expression as <c>information_schema.columns</c> shows it; null with a reason where it says nothing of a range.
    /// </summary>
    public static (GenerationExpression? Read, string? Reason) Read(string expression)
    {
        if (Number().Match(expression) is { Success: true } number)
            return Read(number.Groups["of"].Value);
        if (Trunc().Match(expression) is { Success: true } trunc)
            return Truncated(trunc);
        if (Bin().Match(expression) is { Success: true } bin)
            return Binned(bin);
        if (FormatCall().Match(expression) is { Success: true } format)
            return Formatted(format);
        return (null, $"its expression {expression} is none that Varve reads a range from");
    }

    /// <summary>The instant that a value of the column stands for; null for another text.</summary>
    public Instant? Start(object value) =>
        (value, Format) switch
        {
            (Instant at, null) => at,
            (long milliseconds, null) => CrateDbTime.At(milliseconds),
            (string text, null) => StartOf(text),
            (string text, { } format)
                when LocalDatePattern.CreateWithInvariantCulture(format).Parse(text) is { Success: true, Value: var date }
                    && Grid is PartitionGrid.Calendar { Zone: var zone } => zone.AtStartOfDay(date).ToInstant(),
            _ => null,
        };

    /// <summary>Writers spell the day that a partition begins with, or its month or year.</summary>
    private Instant? StartOf(string text) =>
        Grid is PartitionGrid.Calendar { Zone: var zone }
            ? s_formats
                .Values.Where(f => f.Unit <= CalendarUnit.Day || Grid is PartitionGrid.Calendar { Unit: var unit } && f.Unit == unit)
                .Select(f => LocalDatePattern.CreateWithInvariantCulture(f.Pattern).Parse(text))
                .Where(p => p.Success)
                .Select(p => (Instant?)zone.AtStartOfDay(p.Value).ToInstant())
                .FirstOrDefault()
            : null;

    private static (GenerationExpression?, string?) Truncated(Match match)
    {
        var (column, unit) = (Column(match), match.Groups["unit"].Value.ToLowerInvariant());
        if (Zone(match) is not { } zone)
            return (null, $"the zone {match.Groups["zone"].Value} is not in the list of zones");
        if (Calendar(unit) is { } calendar)
            return (new(column, new PartitionGrid.Calendar(calendar, zone)), null);
        var length = unit switch
        {
            "second" => 1_000L,
            "minute" => 60_000,
            "hour" => 3_600_000,
            _ => 0,
        };
        if (length == 0)
            return (null, $"date_trunc by {unit} is none that Varve knows");
        return zone == DateTimeZone.Utc
            ? (new(column, new PartitionGrid.Fixed(length, 0)), null)
            : (null, $"a local {unit} may occur twice in {zone.Id}");
    }

    private static (GenerationExpression?, string?) Binned(Match match)
    {
        if (Length(match.Groups["width"].Value) is not { } width)
            return (null, $"the interval {match.Groups["width"].Value} is none that Varve reads");
        if (width < Duration.FromMilliseconds(1))
            return (null, "an interval below a millisecond makes no buckets");
        var text = match.Groups["origin"].Value;
        if (Origin(text) is not { } origin)
            return (null, $"the origin {text} of date_bin is none that Varve reads");
        return (new(Column(match), new PartitionGrid.Fixed((long)width.TotalMilliseconds, origin, IsBinned: true)), null);
    }

    private static (GenerationExpression?, string?) Formatted(Match match)
    {
        if (!s_formats.TryGetValue(match.Groups["format"].Value, out var format))
            return (null, $"the format {match.Groups["format"].Value} is not of one year, month or day");
        return Zone(match) is { } zone
            ? (new(Column(match), new PartitionGrid.Calendar(format.Unit, zone), format.Pattern), null)
            : (null, $"the zone {match.Groups["zone"].Value} is not in the list of zones");
    }

    private static CalendarUnit? Calendar(string unit) =>
        unit switch
        {
            "day" => CalendarUnit.Day,
            "week" => CalendarUnit.Week,
            "month" => CalendarUnit.Month,
            "quarter" => CalendarUnit.Quarter,
            "year" => CalendarUnit.Year,
            _ => null,
        };

    private static DateTimeZone? Zone(Match match) =>
        match.Groups["zone"] is not { Success: true, Value: var name } ? DateTimeZone.Utc
        : name is "UTC" or "Etc/UTC" or "Z" or "+00:00" ? DateTimeZone.Utc
        : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);

    private static string Column(Match match)
    {
        var text = match.Groups["column"].Value;
        return text.StartsWith('"') ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    /// <summary>'7 days', '1 day 12:00:00', 'P7D', 'PT15M'; months and years have no one length.</summary>
    private static Duration? Length(string text)
    {
        if (text.StartsWith('P'))
            return PeriodPattern.NormalizingIso.Parse(text) is { Success: true, Value: { Months: 0, Years: 0 } period }
                ? period.ToDuration()
                : null;
        var length = Duration.Zero;
        foreach (var part in Amount().Matches(text).Cast<Match>())
        {
            if (part.Groups["h"].Success)
            {
                length +=
                    Duration.FromHours(Whole(part, "h"))
                    + Duration.FromMinutes(Whole(part, "m"))
                    + Duration.FromSeconds(double.Parse(part.Groups["s"].ValueSpan, CultureInfo.InvariantCulture));
                continue;
            }

            var one = part.Groups["unit"].Value.TrimEnd('s') switch
            {
                "millisecond" => Duration.FromMilliseconds(1),
                "second" => Duration.FromSeconds(1),
                "minute" => Duration.FromMinutes(1),
                "hour" => Duration.FromHours(1),
                "day" => Duration.FromDays(1),
                "week" => Duration.FromDays(7),
                _ => Duration.Zero,
            };
            if (one == Duration.Zero)
                return null;
            length += one * Whole(part, "n");
        }

        return length == Duration.Zero || Amount().Replace(text, "").Trim().Length > 0 ? null : length;
    }

    private static long Whole(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static long? Origin(string text)
    {
        text = text.Trim().Trim('(', ')', '\'');
        if (text.Length == 0)
            return 0;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            return milliseconds;
        return InstantText.TryParse(text, out var at, out _) ? CrateDbTime.Milliseconds(at) : null;
    }

    private const string ColumnText = """(?<column>"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*)""";
    private const string Type = @"\s*(?:::\s*[A-Za-z ]+|AS\s+[A-Za-z ]+\))?\s*";

    [GeneratedRegex(@"^\s*(?:CAST\((?<of>.+)\s+AS\s+(?:bigint|long)\)|(?<of>.+)::\s*(?:bigint|long))\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"^\s*date_trunc\(\s*'(?<unit>[A-Za-z]+)'\s*,\s*(?:'(?<zone>[^']+)'\s*,\s*)?" + ColumnText + @"\s*\)\s*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Trunc();

    [GeneratedRegex(
        @"^\s*date_bin\(\s*(?:CAST\(\s*|INTERVAL\s*)?'(?<width>[^']+)'"
            + Type
            + @",\s*"
            + ColumnText
            + @"\s*(?:,\s*(?:CAST\(\s*)*(?<origin>\(?-?\d+\)?|'[^']*')"
            + Type
            + Type
            + @"\)*\s*)?\)\s*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Bin();

    [GeneratedRegex(
        @"^\s*date_format\(\s*'(?<format>[^']+)'\s*,\s*(?:'(?<zone>[^']+)'\s*,\s*)?" + ColumnText + @"\s*\)\s*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex FormatCall();

    [GeneratedRegex(@"(?<n>\d+)\s*(?<unit>[a-z]+)|(?<h>\d+):(?<m>\d+):(?<s>\d+(?:\.\d+)?)", RegexOptions.IgnoreCase)]
    private static partial Regex Amount();
}
