using System.Text.RegularExpressions;
using Npgsql;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>PostgreSQL's errors as CrateDB's. What has no counterpart says that it comes from the stand-in.</summary>
internal static partial class PgErrors
{
    internal static CrateError Of(PostgresException error, string sql) =>
        error.SqlState switch
        {
            "42703" => CrateError.UnknownColumn(
                Missing().Match(error.MessageText) is { Success: true } column
                    ? PgName.Long(column.Groups["name"].Value)
                    : error.MessageText
            ),
            "42883" => new(400, 4004, $"UnsupportedFunctionException[Unknown function: {error.MessageText}]"),
            "42601" => new(400, 4000, $"ParsingException[line 1:1: the stand-in: {error.MessageText} after {Before(sql, error.Position)}]"),
            "CR000" or "22007" or "22008" or "22P02" or "42804" or "42846" => CrateError.Parse(Cast(error.MessageText)),
            "CR001" or "22003" => new(500, 5000, "ArithmeticException[long overflow]"),
            "22012" => CrateError.Parse("/ by zero"),
            "57014" => CrateError.Killed(),
            _ => new(500, 5000, $"UnhandledServerException[the stand-in: {error.SqlState} {error.MessageText} in {sql}]"),
        };

    // The errors of the client show no quoted names and values, so these are left out here.
    private static string Before(string sql, int position)
    {
        var from = Math.Max(0, position - 200);
        return sql.Substring(from, Math.Clamp(position - from, 0, sql.Length - from)).Replace('"', ' ').Replace('\'', ' ');
    }

    private static string Cast(string message) =>
        Syntax().Match(message) is { Success: true } cast
            ? $"Cannot cast value `{cast.Groups["value"].Value}` to type `{Type(cast.Groups["type"].Value)}`"
            : message;

    private static string Type(string type) => type is "tstz" or "crate.tstz" ? "timestamp with time zone" : type;

    [GeneratedRegex("column \"?(?<name>[^\"]+?)\"? (?:of relation .* )?does not exist")]
    private static partial Regex Missing();

    [GeneratedRegex("invalid input syntax for type (?<type>[^:]+): \"(?<value>.*)\"", RegexOptions.Singleline)]
    private static partial Regex Syntax();
}
