using System.CommandLine;
using System.CommandLine.Parsing;
using NodaTime;
using Varve.Cli.Answers;
using Varve.Cli.Backends;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary>Options and arguments that mean the same on every command.</summary>
internal static class CommonOptions
{
    // What is kept for a century, or forecast, has to end before time does.
    private static readonly Instant s_first = Instant.FromUtc(1, 1, 1, 0, 0);
    private static readonly Instant s_last = Instant.FromUtc(9000, 1, 1, 0, 0);

    internal static readonly Option<string?> Db = new("--db")
    {
        HelpName = "URL",
        Description = "The database, for example duckdb:metrics.duckdb. Default: VARVE_DB",
    };

    internal static readonly Option<string?> Server = new("--server")
    {
        HelpName = "URL",
        Description = "A server of Varve that does it with its own database; its token is in VARVE_TOKEN. Default: VARVE_SERVER",
    };

    internal static readonly Option<string?> Connection = new("--connection")
    {
        HelpName = "NAME",
        Description = "Which database of that server, where it keeps several. Default: VARVE_CONNECTION",
    };

    internal static readonly Option<string?> TokenFile = new("--token-file")
    {
        HelpName = "FILE",
        Description = "The file whose first line is the token; - is standard input. Default: VARVE_TOKEN",
    };

    internal static readonly Option<string?> Schema = new("--schema")
    {
        HelpName = "NAME",
        Description = "The schema of the catalog. Default: VARVE_SCHEMA, else varve",
    };

    internal static readonly Option<string> Output = Among("--output", "What to print", "human", "json").Also("-o");

    internal static readonly Option<string> Format = new Option<string>("--output")
    {
        HelpName = $"{string.Join('|', AnswerTarget.Names)}|FILE",
        Description = "What to print, or a file that ends with .csv, .tsv, .json, .ndjson or .parquet",
        DefaultValueFactory = _ => AnswerTarget.Names.First(),
        Validators = { OfAnswer },
        CompletionSources = { _ => AnswerTarget.Names.Select(name => new System.CommandLine.Completions.CompletionItem(name)) },
    }.Also("-o");

    internal static readonly Option<string> Events = Among(
            "--output",
            "What to print; ndjson: a line for each thing that happens, as it happens",
            "human",
            "json",
            "ndjson"
        )
        .Also("-o");

    internal static readonly Option<bool> Wide = new("--wide") { Description = "Show all of a table, however narrow the terminal is" };

    internal static readonly Option<bool> Debug = new("--debug") { Description = "Details of defects; also VARVE_DEBUG=1", Hidden = true };

    internal static readonly Option<string[]> Tags = new Option<string[]>("--tags")
    {
        HelpName = "A,B",
        Description = "Only policies that have all of these tags",
    }.PolicyTags();

    internal static readonly Argument<string[]> Names = new Argument<string[]>("POLICY")
    {
        Description = "Policies by name; none: all of them",
        Arity = ArgumentArity.ZeroOrMore,
    }.Policies();

    internal static readonly Argument<string> Name = new Argument<string>("POLICY") { Description = "The policy" }.OnePolicy();

    internal static readonly Option<Instant?> AsOf = new("--as-of", "--cutoff-day")
    {
        HelpName = "INSTANT",
        Description = "Plan as of this instant instead of now: 2023-06-27T12:00:00Z, a date (00:00 UTC), yesterday or -2h",
        CustomParser = ReadAsOf,
    };

    internal static readonly Option<SaidTime?> From = At(
        "--from",
        "From here on: 2026-11-05, 2026-11, 2026-11-05T14:30, yesterday, -24h, now-7d, an instant"
    );

    internal static readonly Option<SaidTime?> To = At("--to", "Up to here, exclusive; written as --from is");

    internal static readonly Option<DateTimeZone?> Zone = new("--zone")
    {
        HelpName = "ZONE",
        Description =
            "The zone in which times are read and shown, for example Europe/Berlin. Default: that of the policy's local days, else UTC",
        CustomParser = ReadZone,
    };

    internal static readonly Option<string[]> Where = new("--where")
    {
        HelpName = "COL=VALUE",
        Description = "Only this series; COL= is NULL, COL='' the empty text. Repeated, of one column: one of these",
    };

    internal static readonly Option<string[]> Archive = new("--archive")
    {
        HelpName = "NAME=PATH",
        Description = "Where an archive location is: a folder, or s3://bucket/prefix. May be repeated; also VARVE_ARCHIVE_NAME",
    };

    internal static readonly Option<Duration> Wait = new("--wait")
    {
        HelpName = "60s",
        Description = "How long to wait for a database, or on a server for a policy, that another process uses. Default: not at all",
        CustomParser = result => ReadLength(result) ?? Duration.Zero,
    };

    /// <summary>What every command that opens a database has.</summary>
    internal static IReadOnlyList<Symbol> Database => [Db, Schema, Wait, Output, Wide, Debug];

    /// <summary>How a server is named.</summary>
    internal static IReadOnlyList<Symbol> Served => [Server, Connection, TokenFile];

    /// <summary>What every command has that works on a database here as it does on a server.</summary>
    internal static IReadOnlyList<Symbol> Anywhere => [Db, .. Served, Schema, Wait, Output, Wide, Debug];

    /// <summary>True where a script reads.</summary>
    internal static bool IsJson(ParseResult parse) =>
        IsLines(parse)
        || parse.GetResult(Events)?.GetValueOrDefault<string>() == "json"
        || parse.GetResult(Output)?.GetValueOrDefault<string>() == "json"
        || parse.GetResult(Format)?.GetValueOrDefault<string>() == "json";

    /// <summary>True where a script reads what happens, a line each.</summary>
    internal static bool IsLines(ParseResult parse) => parse.GetResult(Events)?.GetValueOrDefault<string>() == "ndjson";

    internal static Option<string> Among(string name, string description, params string[] values)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            DefaultValueFactory = _ => values[0],
            HelpName = string.Join('|', values),
        };
        return option.AcceptOnlyFromAmong(values);
    }

    /// <summary>The same option under a short name.</summary>
    internal static Option<T> Also<T>(this Option<T> option, string alias)
    {
        option.Aliases.Add(alias);
        return option;
    }

    internal static Option<SaidTime?> At(string name, string description) =>
        new(name)
        {
            HelpName = "TIME",
            Description = description,
            CustomParser = ReadTime,
        };

    internal static Selection Selection(ParseResult parse) => new(parse.GetValue(Names) ?? [], Split(parse.GetValue(Tags)));

    internal static IReadOnlyList<string> Split(string[]? texts) =>
        [.. (texts ?? []).SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];

    internal static IReadOnlyList<KeyValuePair<string, string?>> Conditions(ParseResult parse) =>
        [
            .. (parse.GetValue(Where) ?? []).Select(text =>
                text.Split('=', 2) switch
                {
                    [{ Length: > 0 } column, var value] => new KeyValuePair<string, string?>(
                        column,
                        value switch
                        {
                            "" => null,
                            "''" => "",
                            _ => value,
                        }
                    ),
                    _ => throw Usage(
                        $"--where {text} has no column; write column=value, or column= for NULL, or column='' for the empty text."
                    ),
                }
            ),
        ];

    /// <summary>How many are to be shown: at least one.</summary>
    internal static int Limit(ParseResult parse, Option<int> option) =>
        parse.GetValue(option) is var limit and > 0 ? limit : throw Usage($"{option.Name} is at least 1.");

    /// <summary>A list of an empty catalog is empty, not wrong.</summary>
    internal static async Task<IReadOnlyList<T>> OrNoneAsync<T>(CommandContext call, IBackend lifecycle, Task<IReadOnlyList<T>> listed)
    {
        IReadOnlyList<T> found = [];
        try
        {
            found = await listed;
        }
        catch (PolicyException none) when (none.Code == WorkCodes.NoPolicies)
        {
            // Said below, where a catalog was named.
        }

        // Whoever names a catalog has one: not finding it is no answer.
        return
            found.Count == 0
            && !call.IsServed
            && DatabaseOpener.Catalog(call.Parse.GetValue(Schema)) is { } named
            && await HasNoPolicyAsync(lifecycle, call.Cancellation)
            ? throw new PolicyException(
                WorkCodes.NoPolicies,
                $"No policy is stored in the catalog of the schema {named}. Name the schema that apply was given, or leave it out for the usual one."
            )
            : found;
    }

    private static async Task<bool> HasNoPolicyAsync(IBackend lifecycle, CancellationToken cancellation) =>
        (await lifecycle.PatternsAsync(Varve.Policies.Selection.All, cancellation)).Count == 0
        && (await lifecycle.PoliciesAsync(Varve.Policies.Selection.All, cancellation)).Count == 0;

    /// <summary>What was typed must be changed.</summary>
    internal static PolicyException Usage(string message) => new(WorkCodes.Usage, message);

    private static Instant? ReadAsOf(ArgumentResult result)
    {
        if (ReadTime(result) is not { } said)
            return null;
        Instant at;
        try
        {
            // Several policies are planned as of one instant: days are those of UTC.
            at = said.In(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), DateTimeZone.Utc);
        }
        catch (FormatException wrong)
        {
            result.AddError($"--as-of: {wrong.Message}");
            return null;
        }

        if (at >= s_first && at <= s_last)
            return at;
        result.AddError(
            $"--as-of {InstantText.Format(at)} is out of range: it lies between {InstantText.Format(s_first)} and {InstantText.Format(s_last)}."
        );
        return null;
    }

    /// <summary>A length of time that somebody is ready to wait or work: 90s, 10m, 2h, or 0.</summary>
    internal static Duration? ReadLength(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (text == "0")
            return Duration.Zero;
        if (Keep.TryParse(text, out var keep, out _) && keep != Keep.Forever)
            return keep.Shortest;
        result.AddError(
            $"{(result.Parent as OptionResult)?.Option.Name} {text} is no length of time: write 90s, 10m or 2h, or 0 for none."
        );
        return null;
    }

    /// <summary>A whole number from 0 on, separators allowed.</summary>
    internal static long? ReadCount(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (
            long.TryParse(
                text,
                System.Globalization.NumberStyles.AllowThousands,
                System.Globalization.CultureInfo.InvariantCulture,
                out var number
            )
        )
            return number;
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} {text} is no whole number from 0 on.");
        return null;
    }

    private static void OfAnswer(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && AnswerTarget.Of(text) is null)
            result.AddError(
                $"--output {text} is neither {string.Join(", ", AnswerTarget.Names)} nor a file that ends with .csv, .tsv, .json, .ndjson or .parquet."
            );
    }

    private static SaidTime? ReadTime(ArgumentResult result)
    {
        if (SaidTime.TryParse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", out var said, out var error))
            return said;
        result.AddError($"{Named(result)}: {error}");
        return null;
    }

    private static DateTimeZone? ReadZone(ArgumentResult result)
    {
        var name = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var known = DateTimeZoneProviders.Tzdb.Ids;
        if (known.FirstOrDefault(id => string.Equals(id, name, StringComparison.OrdinalIgnoreCase)) is { } found)
            return DateTimeZoneProviders.Tzdb[found];
        var near = known.Where(id => name.Length > 2 && id.Contains(name, StringComparison.OrdinalIgnoreCase)).Take(3).ToList();
        result.AddError(
            $"--zone: there is no time zone {name}. {(near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : "Write an IANA name such as Europe/Berlin, or UTC.")}"
        );
        return null;
    }

    private static string Named(ArgumentResult result) => result.Parent is OptionResult { Option.Name: var name } ? name : "time";
}
