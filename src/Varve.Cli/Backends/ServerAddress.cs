using System.CommandLine;
using Varve.Cli.Commands;

namespace Varve.Cli.Backends;

/// <summary>Which server answers, what shows it who asks, and which of its databases is meant.</summary>
/// <param name="Url">Where it listens, with its base path.</param>
/// <param name="Token">The token; it is in no message and in no list of processes.</param>
/// <param name="Connection">The name of a database there; null where the server keeps only one.</param>
internal sealed record ServerAddress(Uri Url, string Token, string? Connection)
{
    internal const string Variable = "VARVE_SERVER";
    private const string TokenVariable = "VARVE_TOKEN";
    private const string ConnectionVariable = "VARVE_CONNECTION";

    /// <summary>True where a command that can ask a server is to ask one.</summary>
    /// <exception cref="PolicyException">A database and a server are both named, and neither in a stronger way.</exception>
    internal static bool IsNamed(ParseResult parse)
    {
        if (!parse.CommandResult.Command.Options.Contains(CommonOptions.Server))
            return false;
        var (server, database) = (Filled(parse.GetValue(CommonOptions.Server)), Filled(parse.GetValue(CommonOptions.Db)));
        if (server is not null && database is not null)
            throw CommonOptions.Usage("--db opens a database here, and --server asks a server for one of its own. Give one of them.");
        if (server is not null || database is not null)
            return server is not null;
        if (Set(Variable) is null)
            return false;
        return Set("VARVE_DB") is null
            ? true
            : throw CommonOptions.Usage($"VARVE_DB and {Variable} are both set, and name two places. Say which: --db URL or --server URL.");
    }

    /// <summary>The server that the environment names where nothing names a database; null where it names none.</summary>
    internal static string? OnlyPlace(ParseResult parse) =>
        DatabaseOpener.Named(parse.GetValue(CommonOptions.Db)) is null ? Set(Variable) : null;

    /// <summary>What was typed, else what the environment says.</summary>
    /// <exception cref="PolicyException">It cannot be, or an option does not go with a server.</exception>
    internal static ServerAddress Of(ParseResult parse)
    {
        Refuse(parse, CommonOptions.Schema, "the server opens the catalog that its connection names");
        Refuse(parse, CommonOptions.Archive, "the server's own configuration says where archives are");
        return new(
            Read(Filled(parse.GetValue(CommonOptions.Server)) ?? Set(Variable)!),
            Secret(Filled(parse.GetValue(CommonOptions.TokenFile))),
            Filled(parse.GetValue(CommonOptions.Connection)) ?? Set(ConnectionVariable)
        );
    }

    /// <summary>What says that a command cannot be asked of a server; null where none was named for it.</summary>
    internal static string? Refusal(ParseResult parse, IReadOnlyList<string> args)
    {
        var name = CommonOptions.Server.Name;
        var before = args.TakeWhile(a => a != "--").ToList();
        return
            !parse.CommandResult.Command.Options.Contains(CommonOptions.Server)
            && before.Exists(a => a == name || a.StartsWith($"{name}=", StringComparison.Ordinal))
            ? $"{CommandHost.Path(parse.CommandResult.Command)} {Why(parse)} Leave {name} out{WayOut(parse)}."
            : null;
    }

    private static string Why(ParseResult parse) =>
        (parse.CommandResult.Command as CliCommand)?.NotServed ?? "works on this machine, and no server can do it.";

    private static string WayOut(ParseResult parse) =>
        parse.CommandResult.Command.Options.Contains(CommonOptions.Db)
            ? ", and name a database that can be opened from here: --db duckdb:metrics.duckdb or --db postgresql://user@host/database"
            : "";

    private static void Refuse(ParseResult parse, Option option, string why)
    {
        if (parse.GetResult(option) is { Implicit: false })
            throw CommonOptions.Usage($"{option.Name} does not go with {CommonOptions.Server.Name}: {why}. Leave it out.");
    }

    private static Uri Read(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw CommonOptions.Usage($"\"{text}\" is no address of a server. Write https://varve.example.com/ or http://127.0.0.1:8642/.");
        if (url.UserInfo.Length > 0)
            throw CommonOptions.Usage(
                $"The address of the server holds a name or a password, which others see. A server takes a token: {TokenVariable}, or --token-file FILE."
            );
        if (url.Scheme == "http" && !url.IsLoopback)
            throw CommonOptions.Usage(
                $"http://{url.Authority} would hear the token in clear text, and so would whoever listens. Write https://, or reach the server through a tunnel that ends at 127.0.0.1."
            );
        return new($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/");
    }

    private static string Secret(string? file)
    {
        var text = file switch
        {
            null => Set(TokenVariable),
            "-" => Console.In.ReadLine(),
            _ => File.ReadLines(file).FirstOrDefault(),
        };
        if (string.IsNullOrWhiteSpace(text))
            throw CommonOptions.Usage(
                file is null
                    ? $"A server is asked with a token, and there is none. Set {TokenVariable}, or name a file that holds it: --token-file FILE, - for standard input. Tokens are made on the server's page Access, or by POST /api/v1/tokens."
                    : $"There is no token in {(file == "-" ? "standard input" : file)}: its first line is empty."
            );
        return text.Trim();
    }

    private static string? Set(string variable) => Filled(Environment.GetEnvironmentVariable(variable));

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
