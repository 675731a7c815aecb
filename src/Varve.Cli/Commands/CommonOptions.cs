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

    internal static readonly Option<string[]> Where = new("--where") { HelpName = "COL=VALUE", Description = "Only this series; COL= is NULL. May be repeated" };

    internal static readonly Option<string[]> Archive = new("--archive") { HelpName = "NAME=PATH", Description = "Where an archive location is: a folder, or s3://bucket/prefix. May be repeated; also VARVE_ARCHIVE_NAME" };

    /// <summary>What every command that opens a database has.</summary>
    internal static IReadOnlyList<Symbol> Database => [Db, Schema, Output, Debug];

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
            [{ Length: > 0 } column, var value] => new KeyValuePair<string, string?>(column, value.Length == 0 ? null : value),
            _ => throw Usage($"--where {text} has no column; write column=value, or column= for NULL."),
        })];

    /// <summary>How many are to be shown: at least one.</summary>
    internal static int Limit(ParseResult parse, Option<int> option) =>
        parse.GetValue(option) is var limit and > 0 ? limit : throw Usage($"{option.Name} is at least 1.");

    /// <summary>A list of an empty catalog is empty, not wrong.</summary>
    internal static async Task<IReadOnlyList<T>> OrNoneAsync<T>(Task<IReadOnlyList<T>> listed)
    {
        try
        {
            return await listed;
        }
        catch (PolicyException e) when (e.Code == "VRV305")
        {
            return [];
        }
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

    private static Instant? ReadInstant(ArgumentResult result)
    {
        if (InstantText.TryParse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", out var at, out var error)) return at;
        result.AddError(error);
        return null;
    }
}
