using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Policies;

/// <summary>Reads <c>schedule</c>: a cron expression, or its keys.</summary>
internal static class ScheduleReader
{
    private const int MostFailures = 1_000;

    private delegate bool Parser<T>(string? text, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? error);

    /// <summary>What is under <c>schedule</c>; null where it is not given, or refused.</summary>
    internal static Schedule? Read(KeyReader keys)
    {
        if (keys["schedule"] is not YamlNode.Mapping mapping)
            return
                keys.Read<CronRule>("schedule", (r, n, p) => Parsed<CronRule>(r, n, p, "a cron expression", CronRule.TryParse)) is { } alone
                ? new() { Cron = alone }
                : null;
        var inner = new KeyReader(mapping, "schedule", "schedule", keys.Reading);
        var schedule = new Schedule
        {
            Cron = inner.Read<CronRule>("cron", (r, n, p) => Parsed<CronRule>(r, n, p, "a cron expression", CronRule.TryParse)),
            Every = inner.Read<RunPeriod>("every", (r, n, p) => Parsed<RunPeriod>(r, n, p, "a period", RunPeriod.TryParse)),
            Zone = inner.Read<string>("zone", (r, n, p) => r.Name(n, p)),
            Start = inner.Read<ScheduleMoment>(
                "start",
                (r, n, p) => Parsed<ScheduleMoment>(r, n, p, "a date or a time", ScheduleMoment.TryParse)
            ),
            End = inner.Read<ScheduleMoment>(
                "end",
                (r, n, p) => Parsed<ScheduleMoment>(r, n, p, "a date or a time", ScheduleMoment.TryParse)
            ),
            Jitter = inner.Read<Keep>("jitter", (r, n, p) => r.Keep(n, p, mayBeForever: false)),
            Except = Windows(inner),
            Overlap = inner.Enum<Overlap>("overlap"),
            PauseAfter = inner.Read<int>("pause_after", Failures),
            ExpectWithin = inner.Read<Keep>("expect_within", (r, n, p) => r.Keep(n, p, mayBeForever: false)),
        };
        var (cron, every) = (inner["cron"], inner["every"]);
        if (cron is not null && every is not null)
            keys.Reading.Report(
                PolicyCodes.GivenTwice,
                every.Position,
                "schedule.every",
                "`schedule.cron` and `schedule.every` both say when. Keep one of them."
            );
        if (cron is null && every is null)
            keys.Reading.Report(
                PolicyCodes.MissingKey,
                mapping.Position,
                "schedule",
                "`schedule` says not when. Give it `cron`, such as \"*/5 * * * *\", or `every`, such as 15m."
            );
        return schedule.Text.Length > 0 && (cron is null || every is null) ? schedule : null;
    }

    private static IReadOnlyList<ExceptWindow> Windows(KeyReader keys)
    {
        if (keys["except"] is not { } node)
            return [];
        var path = keys.PathOf("except");
        if (node is YamlNode.Sequence list)
            return
            [
                .. list
                    .Items.Select((item, i) => Window(keys.Reading, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")))
                    .OfType<ExceptWindow>(),
            ];
        keys.Reading.Wrong(node, path, $"`{path}` is a list, not {node.What}. Write [sat-sun, 2026-12-24].");
        return [];
    }

    private static ExceptWindow? Window(PolicyReading reading, YamlNode node, string path)
    {
        reading.Positions[path] = node.Position;
        return Parsed<ExceptWindow>(reading, node, path, "a window", ExceptWindow.TryParse);
    }

    private static int? Failures(PolicyReading reading, YamlNode node, string path)
    {
        if (
            node is YamlNode.Scalar { IsNumber: true } number
            && int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= MostFailures
        )
            return count;
        reading.Wrong(node, path, $"`{path}` is a number of failures from 1 to 1000, not {node.What}.");
        return null;
    }

    private static T? Parsed<T>(PolicyReading reading, YamlNode node, string path, string what, Parser<T> parse)
        where T : class
    {
        if (reading.Text(node, path, what) is not { } text)
            return null;
        if (parse(text, out var value, out var error))
            return value;
        reading.Wrong(node, path, $"`{path}`: {error}");
        return null;
    }
}
