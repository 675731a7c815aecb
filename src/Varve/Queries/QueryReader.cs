using System.Globalization;
using Varve.Policies;
using Varve.Scheduling;
using Varve.Sql;
using Varve.Time;

namespace Varve.Queries;

/// <summary>Makes a query of one YAML document.</summary>
internal sealed class QueryReader(YamlNode root, PolicyReading reading, string text)
{
    private const int MostRetries = 20;

    private static readonly string[] s_notInSchedule = ["start", "end", "except", "overlap"];

    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    /// <summary>The query; null where anything in it is wrong.</summary>
    internal RecurrentQuery? Read()
    {
        reading.Positions[""] = root.Position;
        if (root is not YamlNode.Mapping mapping)
        {
            reading.Report(
                PolicyCodes.WrongValue,
                root.Position,
                "",
                $"A query is keys and values (query: …, sql: …, schedule: …), not {root.What}."
            );
            return null;
        }

        foreach (var entry in mapping.Entries)
        {
            reading.Positions[entry.Key] = entry.Position;
            if (QueryKeys.Names.Contains(entry.Key))
                _values.Add(entry.Key, entry.Value);
            else
                reading.Report(
                    PolicyCodes.UnknownKey,
                    entry.Position,
                    entry.Key,
                    $"There is no key `{entry.Key}` in a query. {Suggestions.Hint(entry.Key, QueryKeys.Names)}"
                );
        }

        foreach (var key in QueryKeys.All.Where(k => k.IsRequired && !_values.ContainsKey(k.Name)))
            reading.Report(PolicyCodes.MissingKey, mapping.Position, "", $"The query has no `{key.Name}`. {key.Meaning}");
        var (name, sql, schedule) = (Name("query"), Sql(), Schedule(mapping));
        var (into, write, time) = (Into(), Choice<WindowWriting>("write"), Name("time"));
        var query = new RecurrentQuery
        {
            Name = name ?? "",
            Sql = sql!,
            Schedule = schedule!,
            Zone = Name("zone") ?? "UTC",
            Start = Moment("start_date"),
            End = Moment("end_date"),
            Catchup = Choice<Catchup>("catchup"),
            Retries = Retries(),
            Timeout = Timeout(),
            Into = into,
            Write = write,
            Time = time,
            Tags = Tags(),
        };
        if (reading.IsSpoiled || sql is null || schedule is null)
            return null;
        QueryRules.Check(
            query,
            (path, code, message) => reading.Report(code, reading.Positions.GetValueOrDefault(path) ?? root.Position, path, message)
        );
        return reading.IsSpoiled ? null : query;
    }

    private string? Name(string key) => _values.GetValueOrDefault(key) is { } node ? reading.Name(node, key) : null;

    private OperatorSql? Sql()
    {
        if (_values.GetValueOrDefault("sql") is not { } node || reading.Text(node, "sql", "a statement") is not { } written)
            return null;
        if (OperatorSql.TryParse(written, out var sql, out var mistake))
            return sql;
        reading.Report(
            PolicyCodes.WrongValue,
            SqlPlace.Of(text, node.Position, written, mistake.Offset),
            "sql",
            $"`sql`: {mistake.Message}"
        );
        return null;
    }

    private Schedule? Schedule(YamlNode.Mapping mapping)
    {
        if (mapping.Entries.FirstOrDefault(e => e.Key == "schedule") is not { } entry)
            return null;
        foreach (var wrong in (entry.Value as YamlNode.Mapping)?.Entries.Where(e => s_notInSchedule.Contains(e.Key)) ?? [])
        {
            var instead = wrong.Key switch
            {
                "start" => "Write `start_date`.",
                "end" => "Write `end_date`.",
                "except" => "Every window is done; pause the query instead.",
                _ => "Windows are done one after the other.",
            };
            reading.Report(
                PolicyCodes.WrongValue,
                wrong.Position,
                $"schedule.{wrong.Key}",
                $"`schedule.{wrong.Key}` is not for queries. {instead}"
            );
        }

        return ScheduleReader.Read(new KeyReader(new([entry], mapping.Position), "", "", reading));
    }

    private ScheduleMoment? Moment(string key)
    {
        if (_values.GetValueOrDefault(key) is not { } node || reading.Text(node, key, "a date or a time") is not { } written)
            return null;
        if (ScheduleMoment.TryParse(written, out var moment, out var error))
            return moment;
        reading.Wrong(node, key, $"`{key}`: {error}");
        return null;
    }

    private T Choice<T>(string key)
        where T : struct, Enum
    {
        if (_values.GetValueOrDefault(key) is not { } node)
            return default;
        return reading.TryEnum<T>(node, key, QueryKeys.All.First(k => k.Name == key), out var value) ? value.Value : default;
    }

    private int Retries()
    {
        if (_values.GetValueOrDefault("retries") is not { } node)
            return 0;
        if (
            node is YamlNode.Scalar { IsNumber: true } number
            && int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= MostRetries
        )
            return count;
        reading.Wrong(node, "retries", $"`retries` is a number from 0 to 20, not {node.What}.");
        return 0;
    }

    private Keep Timeout() =>
        (_values.GetValueOrDefault("timeout") is { } node ? reading.Keep(node, "timeout", mayBeForever: false) : null)
        ?? RecurrentQuery.UsualTimeout;

    private TableName? Into()
    {
        if (_values.GetValueOrDefault("into") is not { } node || reading.Text(node, "into", "a table") is not { } written)
            return null;
        try
        {
            return TableName.Parse(written);
        }
        catch (FormatException wrong)
        {
            reading.Wrong(node, "into", $"`into`: {wrong.Message}.");
            return null;
        }
    }

    private IReadOnlyList<string> Tags()
    {
        if (_values.GetValueOrDefault("tags") is not { } node)
            return [];
        if (node is YamlNode.Sequence list)
            return [.. list.Items.Select(i => reading.Text(i, "tags", "a word")).OfType<string>()];
        reading.Wrong(node, "tags", $"`tags` is a list, not {node.What}.");
        return [];
    }
}
