using System.Globalization;
using Varve.Policies;
using Varve.Time;

namespace Varve.Importing;

/// <summary>From the description of a round-robin database to a policy. Pure.</summary>
public static class RrdImport
{
    private const long Day = 86_400;

    private static readonly Dictionary<string, string> s_functions = new(StringComparer.Ordinal)
    {
        ["AVERAGE"] = "avg",
        ["MIN"] = "min",
        ["MAX"] = "max",
        ["LAST"] = "last",
    };

    /// <summary>Converts one file.</summary>
    /// <param name="text">The output of <c>rrdtool info</c> or <c>rrdtool dump</c>.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <param name="table">The table of the samples, a column for each data source.</param>
    /// <param name="time">Its time column.</param>
    /// <exception cref="PolicyException">It is neither.</exception>
    public static ImportResult Convert(string text, string file, TableName table, string time)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(table);
        var rrd = RrdFile.Read(text, file);
        List<string> left = [];
        var archives = rrd.Archives.Where(a => s_functions.ContainsKey(a.Function)).ToList();
        foreach (var function in rrd.Archives.Select(a => a.Function).Except(s_functions.Keys).Distinct())
            left.Add($"{file}: the consolidation {function} has no counterpart and is left out.");
        foreach (var source in rrd.Sources.Where(s => s.Type == "COMPUTE"))
            left.Add($"{file}: {source.Name} is computed from others; compute it where it is read, or in a view.");
        if (archives.Count == 0)
            throw new PolicyException(ImportCodes.Unreadable, $"{file} has no archive of averages, least, greatest or last values.");
        var policy = Policy(rrd, archives, file, table, time).Made(table.Name, table, left);
        return new([policy], left);
    }

    private static PolicyText Policy(RrdFile rrd, List<RrdArchive> archives, string file, TableName table, string time)
    {
        var text = new PolicyText()
            .Comment(
                $"{file}: a step of {rrd.Step.ToString(CultureInfo.InvariantCulture)} s, {rrd.Sources.Count} data sources, "
                    + $"{rrd.Archives.Count} archives."
            )
            .Comment("Keep its samples in a table, a column for each data source; rrdtool keeps no samples, only what was made of them.")
            .Line($"policy: {PolicyText.Scalar(table.Name)}")
            .Line($"table: {PolicyText.Scalar(table.Text)}")
            .Line($"time: {PolicyText.Scalar(time)}")
            .Comment("An RRD is one series. Where several files become one table, name the column that tells them apart.")
            .Line("series: []");
        var functions = archives.Select(a => s_functions[a.Function]).Distinct().ToList();
        if (archives.GroupBy(a => a.Steps).Any(g => g.Select(a => a.Function).Distinct().Count() != functions.Count))
            text.Comment("Not every resolution had every function; here each tier has all of them.");
        text.Line("measures:");
        foreach (var source in rrd.Sources.Where(s => s.Type != "COMPUTE"))
        {
            if (source.Type is not ("GAUGE" or ""))
                text.Comment(
                    $"{source.Name} is a {source.Type}: rrdtool makes a rate of it before it stores anything. Store the rate in the column, "
                        + $"as rrdtool fetch gives it."
                );
            if (source.IsLimited)
                text.Comment(
                    $"{source.Name} has a least or a greatest value, outside of which rrdtool takes it for unknown; here every value counts."
                );
            text.Line($"  {PolicyText.Scalar(source.Name)}: {PolicyText.List(functions)}");
        }

        text.Line($"interval: {Keep.OfSeconds(rrd.Step).Text}");
        if (rrd.Sources.Count > 0 && rrd.Sources.Max(s => s.Heartbeat) is > 0 and var heartbeat)
            text.Key("heartbeat", Keep.OfSeconds(heartbeat).Text);
        Coverage(text, archives);
        Tiers(text, rrd, archives);
        return text;
    }

    /// <summary>rrdtool's xff is the largest unknown share, this is the smallest known one.</summary>
    private static void Coverage(PolicyText text, List<RrdArchive> archives)
    {
        var shares = archives.Select(a => a.Unknown).Distinct().Order().ToList();
        var known = Math.Round(1 - shares[^1], 6).ToString("R", CultureInfo.InvariantCulture);
        text.Comment(
            $"xff says how much of a row may be unknown, "
                + $"{string.Join(", ", shares.Select(s => s.ToString("R", CultureInfo.InvariantCulture)))}; "
                + "this says how much must be known. States below it are stored all the same, so that coarser tiers stay exact."
        );
        text.Line($"min_coverage: {known}");
    }

    private static void Tiers(PolicyText text, RrdFile rrd, List<RrdArchive> archives)
    {
        var tiers = archives
            .GroupBy(a => a.Steps * rrd.Step)
            .OrderBy(g => g.Key)
            .Select(g => (Seconds: g.Key, Keep: g.Max(a => a.Rows * a.Steps * rrd.Step)))
            .ToList();
        text.Comment("Rows of the source stay as long as the first tier. The first run that would remove something asks a person.");
        text.Line($"keep: {Keep.OfSeconds(tiers[0].Keep).Text}");
        text.Comment("Every archive of rrdtool begins anew at each row; here each tier is built from the one before, exactly.");
        text.Line("tiers:");
        var longest = 0L;
        foreach (var (seconds, keep) in tiers)
        {
            longest = Math.Max(longest, keep);
            if (longest > keep)
                text.Comment($"This archive was {Keep.OfSeconds(keep).Text} long, shorter than a finer one; a coarser tier never is.");
            text.Line($"  - {{ every: {Every(seconds)}, keep: {Keep.OfSeconds(longest).Text} }}");
        }
    }

    /// <summary>rrdtool counts days in UTC, and longer rows from 1970 on.</summary>
    private static string Every(long seconds) =>
        seconds == Day ? "1d"
        : seconds % 3_600 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600}h")
        : seconds % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
}
