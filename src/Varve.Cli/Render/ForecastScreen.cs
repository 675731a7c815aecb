using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Varve.Cli.Charts;
using Varve.Planning;

namespace Varve.Cli.Render;

/// <summary>What a policy will keep, as a table, in words and as a chart; beside it what a changed policy would.</summary>
internal static class ForecastScreen
{
    private const int StepWidth = 9;
    private const double DaysOfYear = 365.25;

    private static readonly InstantPattern Month = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM");
    private static readonly InstantPattern Day = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd");

    internal static void Show(Screen screen, PolicyForecast pair)
    {
        if (pair.Failure is { } failure)
        {
            screen.Line(new(pair.Policy, Palette.Bold), new($"  failed  {failure.Text}", Palette.Bad));
            return;
        }

        if (pair.Stored is { } stored)
            Show(screen, stored, pair.Changed is null ? "" : ", as stored");
        if (pair is { Stored: not null, Changed: not null })
            screen.Line();
        if (pair.Changed is { } changed)
            Show(screen, changed, ", as the file says");
        if (pair is { Stored: { } before, Changed: { } after })
            Difference(screen, before, after);
        screen.Line();
        LayerChart.Show(screen, Layers.Of(pair));
    }

    private static void Show(Screen screen, Forecast forecast, string which)
    {
        var revision = forecast.Revision == 0 ? "not stored" : $"revision {HumanText.Number(forecast.Revision)}";
        screen.Line(
            new(forecast.Policy.Name, Palette.Bold),
            new($"  {revision}{which}  as of {HumanText.Stamp(forecast.AsOf)}, up to {HumanText.At(Floor(forecast.Until))}", Palette.Dim)
        );
        Table(screen, forecast);
        screen.Line();
        Rates(screen, forecast);
        foreach (var note in forecast.Notes)
            screen.Line(new("  note  ", Palette.Dim), note);
    }

    /// <summary>A line of rows and a line of bytes for each relation; fewer instants where the terminal is narrow.</summary>
    private static void Table(Screen screen, Forecast forecast)
    {
        var names = forecast.Relations.Max(r => r.Relation.Text.Length) + 2 + "forever".Length;
        var shown = Thinned(
            [.. forecast.Total.Index().Where(p => p.Item.IsStep).Select(p => p.Index)],
            Math.Max(2, (screen.Width - names - 4) / StepWidth)
        );
        var labels = shown.Skip(1).Select(i => forecast.Total[i].At).ToList();
        var pattern = labels.Count > 1 && labels[1] - labels[0] < Duration.FromDays(28) ? Day : Month;
        var columns = new Columns(["relation", "keep", ">now", .. labels.Select(at => $">{pattern.Format(at)}")]);
        foreach (var relation in forecast.Relations)
            Lines(relation.Relation.Text, relation.IsRetired ? "retired" : relation.Keep!.Text, relation.Points);
        if (forecast.Relations.Count > 1)
            Lines("all", "", forecast.Total);
        if (forecast.Archive is { } archive)
            Lines($"archive {archive.Location}", "", archive.Points);
        columns.Write(screen);

        void Lines(string name, string keep, IReadOnlyList<ForecastPoint> points)
        {
            columns.Add([new(name, Palette.Bold), keep, .. shown.Select(i => new Span(HumanText.Short(points[i].Rows)))]);
            columns.Add([
                new(""),
                new(""),
                .. shown.Select(i => new Span(points[i].Bytes == 0 ? HumanText.None : HumanText.Bytes(points[i].Bytes), Palette.Dim)),
            ]);
        }
    }

    private static void Rates(Screen screen, Forecast forecast)
    {
        var columns = new Columns("relation", ">rows a day", ">a bucket", "over", ">bytes a row", "", "steady");
        foreach (var relation in forecast.Relations.Where(r => !r.IsRetired))
        {
            var rate = relation.Rate;
            columns.Add(
                new Span(relation.Relation.Text, Palette.Bold),
                Amount(rate.RowsPerDay),
                rate.RowsPerBucket is { } rows ? Amount(rows) : "",
                rate.Window is { } window
                    ? $"{HumanText.Time(window.To - window.From)}{(rate.Basis == ForecastRows.CountedInSource ? " of the source" : "")}"
                    : HumanText.None,
                Amount(rate.BytesPerRow),
                new Span(
                    rate.BytesBasis switch
                    {
                        ForecastBytes.Measured => "measured",
                        ForecastBytes.Comparable => $"as in {rate.BytesLike}",
                        _ => "by types",
                    },
                    Palette.Dim
                ),
                Steady(forecast, relation)
            );
        }

        columns.Write(screen);
    }

    private static Span Steady(Forecast forecast, RelationForecast relation) =>
        relation.SteadyFrom switch
        {
            null => new($"never: +{HumanText.Short((long)(relation.Rate.RowsPerDay * DaysOfYear))} a year", Palette.Warn),
            { } at when at <= forecast.AsOf => new(IsThere(relation.Points) ? "now" : "after a run", Palette.Good),
            { } at => new($"by {Day.Format(at)}"),
        };

    private static bool IsThere(IReadOnlyList<ForecastPoint> points) => Math.Abs(points[0].Rows - points[1].Rows) <= 0.1 * points[1].Rows;

    private static void Difference(Screen screen, Forecast before, Forecast after)
    {
        screen.Line();
        var columns = new Columns(
            $"at {HumanText.At(Floor(after.Until))}",
            ">stored",
            ">size",
            ">changed",
            ">size",
            ">difference",
            ">size"
        );
        foreach (var id in after.Relations.Concat(before.Relations).Select(r => r.Relation).Distinct())
            Add(
                id.Text,
                before.Relations.FirstOrDefault(r => r.Relation == id)?.Points[^1],
                after.Relations.FirstOrDefault(r => r.Relation == id)?.Points[^1]
            );
        Add("all", before.Total[^1], after.Total[^1]);
        columns.Write(screen);

        void Add(string name, ForecastPoint? was, ForecastPoint? willBe)
        {
            var (rows, bytes) = ((willBe?.Rows ?? 0) - (was?.Rows ?? 0), (willBe?.Bytes ?? 0) - (was?.Bytes ?? 0));
            columns.Add(
                new Span(name, Palette.Bold),
                Rows(was),
                Bytes(was),
                Rows(willBe),
                Bytes(willBe),
                Signed(rows, HumanText.Short),
                Signed(bytes, HumanText.Bytes)
            );
        }

        static Span Rows(ForecastPoint? point) => point is null ? HumanText.None : HumanText.Short(point.Rows);

        static Span Bytes(ForecastPoint? point) => new(point is null ? "" : HumanText.Bytes(point.Bytes), Palette.Dim);
    }

    private static Span Signed(long number, Func<long, string> text) =>
        number switch
        {
            0 => "0",
            < 0 => new Span($"-{text(-number)}", Palette.Good),
            _ => new Span($"+{text(number)}", Palette.Warn),
        };

    /// <summary>The first and the last of some indexes, and as many between them as there is room for, evenly.</summary>
    private static List<int> Thinned(List<int> all, int most)
    {
        for (var every = 1; ; every++)
        {
            if ((all.Count - 1) % every != 0 && every < all.Count - 1)
                continue;
            List<int> some = [.. all.Where((_, i) => i % every == 0)];
            if (some.Count <= most || every >= all.Count - 1)
                return some[^1] == all[^1] ? some : [.. some, all[^1]];
        }
    }

    private static string Amount(double amount) =>
        amount switch
        {
            0 => "0",
            < 0.1 => amount.ToString("0.###", CultureInfo.InvariantCulture),
            < 99.95 => amount.ToString("0.#", CultureInfo.InvariantCulture),
            _ => HumanText.Short((long)Math.Round(amount)),
        };

    private static Instant Floor(Instant at) =>
        Instant.FromUnixTimeTicks(at.ToUnixTimeTicks() / NodaConstants.TicksPerDay * NodaConstants.TicksPerDay);
}
