using System.Text.Json;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Policies;

/// <summary>A schedule in the canonical JSON of a policy: its cron expression where it says no more.</summary>
internal static class ScheduleJson
{
    private const string Key = "schedule";

    private static readonly HashSet<string> Keys = new(StringComparer.Ordinal)
    {
        "cron",
        "every",
        "zone",
        "start",
        "end",
        "jitter",
        "except",
        "overlap",
        "pause_after",
        "expect_within",
    };

    internal static void Write(Utf8JsonWriter json, Schedule schedule)
    {
        if (
            schedule is
            {
                Cron: { } only,
                Zone: null,
                Start: null,
                End: null,
                Jitter: null,
                Except: [],
                Overlap: default(Overlap),
                PauseAfter: null,
                ExpectWithin: null
            }
        )
        {
            json.WriteString(Key, only.Text);
            return;
        }

        json.WriteStartObject(Key);
        Text(json, "cron", schedule.Cron?.Text);
        Text(json, "every", schedule.Every?.Text);
        Text(json, "zone", schedule.Zone);
        Text(json, "start", schedule.Start?.Text);
        Text(json, "end", schedule.End?.Text);
        Text(json, "jitter", schedule.Jitter?.Text);
        if (schedule.Except.Count > 0)
        {
            json.WriteStartArray("except");
            foreach (var window in schedule.Except)
                json.WriteStringValue(window.Text);
            json.WriteEndArray();
        }

        if (schedule.Overlap != default)
            json.WriteString("overlap", PolicyKeys.Lower(schedule.Overlap.ToString()));
        if (schedule.PauseAfter is { } failures)
            json.WriteNumber("pause_after", failures);
        Text(json, "expect_within", schedule.ExpectWithin?.Text);
        json.WriteEndObject();
    }

    internal static Schedule Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
            return new() { Cron = CronRule.Parse(json.GetString()!) };
        PolicyJsonReader.Known(json, Keys);
        return new()
        {
            Cron = PolicyJsonReader.Text(json, "cron") is { } cron ? CronRule.Parse(cron) : null,
            Every = PolicyJsonReader.Text(json, "every") is { } every ? RunPeriod.Parse(every) : null,
            Zone = PolicyJsonReader.Text(json, "zone"),
            Start = PolicyJsonReader.Text(json, "start") is { } start ? ScheduleMoment.Parse(start) : null,
            End = PolicyJsonReader.Text(json, "end") is { } end ? ScheduleMoment.Parse(end) : null,
            Jitter = PolicyJsonReader.Keep(json, "jitter"),
            Except = [.. PolicyJsonReader.Names(json, "except").Select(ExceptWindow.Parse)],
            Overlap = PolicyJsonReader.Enum<Overlap>(json, "overlap") ?? default,
            PauseAfter = json.TryGetProperty("pause_after", out var failures) ? failures.GetInt32() : null,
            ExpectWithin = PolicyJsonReader.Keep(json, "expect_within"),
        };
    }

    private static void Text(Utf8JsonWriter json, string key, string? value)
    {
        if (value is not null)
            json.WriteString(key, value);
    }
}
