using System.CommandLine;
using System.CommandLine.Parsing;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary>Options and arguments that mean the same on every command.</summary>
internal static class CommonOptions
{
    // What is kept for a century, or forecast, has to end before time does.
    private static readonly Instant s_first = Instant.FromUtc(1, 1, 1, 0, 0);
    private static readonly Instant s_last = Instant.FromUtc(9000, 1, 1, 0, 0);

    private const string NoPolicy = "VRV305";

    internal static readonly Option<string?> Db = new("--db") { HelpName = "URL", Description = "The database, for example duckdb:metrics.duckdb. Default: VARVE_DB" };

    internal static readonly Option<string?> Schema = new("--schema") { HelpName = "NAME", Description = "The schema of the catalog. Default: VARVE_SCHEMA, else varve" };

    internal static readonly Option<string> Output = Among("--output", "What to print", "human", "json");

    internal static readonly Option<string> Format = Among("--output", "What to print", "table", "csv", "json");

    internal static readonly Option<bool> Debug = new("--debug") { Description = "Details of defects; also VARVE_DEBUG=1", Hidden = true };

    internal static readonly Option<string[]> Tags = new Option<string[]>("--tags") { HelpName = "A,B", Description = "Only policies that have all of these tags" }.PolicyTags();

    internal static readonly Argument<string[]> Names = new Argument<string[]>("POLICY") { Description = "Policies by name; none: all of them", Arity = ArgumentArity.ZeroOrMore }.Policies();

    internal static readonly Argument<string> Name = new Argument<string>("POLICY") { Description = "The policy" }.OnePolicy();

    internal static readonly Option<Instant?> AsOf = new("--as-of", "--cutoff-day") { HelpName = "INSTANT", Description = "Plan as of this instant instead of now: 2023-06-27T12:00:00Z, or a date (00:00 UTC)", CustomParser = ReadAsOf };

    internal static readonly Option<Instant?> From = At("--from", "INSTANT", "From here on");

    internal static readonly Option<Instant?> To = At("--to", "INSTANT", "Up to here, exclusive");

    internal static readonly Option<string[]> Where = new("--where") { HelpName = "COL=VALUE", Description = "Only this series; COL= is NULL, COL='' the empty text. May be repeated" };

    internal static readonly Option<string[]> Archive = new("--archive") { HelpName = "NAME=PATH", Description = "Where an archive location is: a folder, or s3://bucket/prefix. May be repeated; also VARVE_ARCHIVE_NAME" };

    internal static readonly Option<Duration> Wait = new("--wait")
    {
        HelpName = "60s",
        Description = "How long to wait for a database that another process uses. Default: not at all",
        CustomParser = result => ReadTime(result) ?? Duration.Zero,
    };

    /// <summary>What every command that opens a database has.</summary>
    internal static IReadOnlyList<Symbol> Database => [Db, Schema, Wait, Output, Debug];

    /// <summary>True where a script reads.</summary>
    internal static bool IsJson(ParseResult parse) => parse.GetResult(Output)?.GetValueOrDefault<string>() == "json" || parse.GetResult(Format)?.GetValueOrDefault<string>() == "json";

    internal static Option<string> Among(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0], HelpName = string.Join('|', values) };
        return option.AcceptOnlyFromAmong(values);
    }

    internal static Option<Instant?> At(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description, CustomParser = ReadInstant };

    internal static Selection Selection(ParseResult parse) => new(parse.GetValue(Names) ?? [], Split(parse.GetValue(Tags)));

    internal static IReadOnlyList<string> Split(string[]? texts) =>
        [.. (texts ?? []).SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];

    /// <summary>The range of --from and --to; a missing end is open, both missing is null.</summary>
    internal static TimeRange? Range(ParseResult parse)
    {
        var (from, to) = (parse.GetValue(From), parse.GetValue(To));
        if (from is null && to is null) return null;
        var (start, end) = (from ?? Instant.MinValue, to ?? Instant.MaxValue);
        if (start >= end) throw Usage($"--from {InstantText.Format(start)} is not before --to {InstantText.Format(end)}.");
        return new(start, end);
    }

    internal static IReadOnlyList<KeyValuePair<string, string?>> Conditions(ParseResult parse) =>
        [.. (parse.GetValue(Where) ?? []).Select(text => text.Split('=', 2) switch
        {
            [{ Length: > 0 } column, var value] => new KeyValuePair<string, string?>(column, value switch { "" => null, "''" => "", _ => value }),
            _ => throw Usage($"--where {text} has no column; write column=value, or column= for NULL, or column='' for the empty text."),
        })];

    /// <summary>How many are to be shown: at least one.</summary>
    internal static int Limit(ParseResult parse, Option<int> option) =>
        parse.GetValue(option) is var limit and > 0 ? limit : throw Usage($"{option.Name} is at least 1.");

    /// <summary>A list of an empty catalog is empty, not wrong.</summary>
    internal static async Task<IReadOnlyList<T>> OrNoneAsync<T>(CommandContext call, Lifecycle lifecycle, Task<IReadOnlyList<T>> listed)
    {
        IReadOnlyList<T> found = [];
        try
        {
            found = await listed;
        }
        catch (PolicyException none) when (none.Code == NoPolicy)
        {
            // Said below, where a catalog was named.
        }

        // Whoever names a catalog has one: not finding it is no answer.
        return found.Count == 0 && DatabaseOpener.Catalog(call.Parse.GetValue(Schema)) is { } named && (await lifecycle.PatternsAsync(Varve.Policies.Selection.All, call.Cancellation)).Count == 0
            ? throw new PolicyException(NoPolicy, $"No policy is stored in the catalog of the schema {named}. Name the schema that apply was given, or leave it out for the usual one.")
            : found;
    }

    /// <summary>What was typed must be changed.</summary>
    internal static PolicyException Usage(string message) => new("VRV100", message);

    private static Instant? ReadAsOf(ArgumentResult result)
    {
        if (ReadInstant(result) is not { } at) return null;
        if (at >= s_first && at <= s_last) return at;
        result.AddError($"--as-of {InstantText.Format(at)} is out of range: it lies between {InstantText.Format(s_first)} and {InstantText.Format(s_last)}.");
        return null;
    }

    /// <summary>A length of time that somebody is ready to wait or work: 90s, 10m, 2h, or 0.</summary>
    internal static Duration? ReadTime(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (text == "0") return Duration.Zero;
        if (Keep.TryParse(text, out var keep, out _) && keep != Keep.Forever) return keep.Shortest;
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} {text} is no length of time: write 90s, 10m or 2h, or 0 for none.");
        return null;
    }

    /// <summary>A whole number from 0 on, separators allowed.</summary>
    internal static long? ReadCount(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (long.TryParse(text, System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture, out var number)) return number;
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} {text} is no whole number from 0 on.");
        return null;
    }

    private static Instant? ReadInstant(ArgumentResult result)
    {
        if (InstantText.TryParse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", out var at, out var error)) return at;
        result.AddError(error);
        return null;
    }
}
