using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.CrateDb;

namespace Varve.Cli.Commands;

/// <summary><c>varve archive repository create|list</c>: where a CrateDB cluster keeps snapshots.</summary>
internal static class RepositoryCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "By which policies name it: archive: NAME" };

    private static readonly Option<string> Type = new Option<string>("--type")
    {
        Description = "Where it is",
        HelpName = string.Join('|', CrateDbRepository.Types),
        Required = true,
    }.AcceptOnlyFromAmong([.. CrateDbRepository.Types]);

    private static readonly Option<string[]> Set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "A setting of CREATE REPOSITORY: location=/backup, bucket=b. May be repeated",
    };

    private static readonly Option<string[]> Secret = new("--secret")
    {
        HelpName = "KEY=env:NAME|file:PATH",
        Description = "Where a key or token is: an environment variable, or the first line of a file. May be repeated",
    };

    internal static Command Create() =>
        new CliCommand(
            "repository",
            "Make and list the repositories of a CrateDB cluster",
            new CliCommand(
                "create",
                "Make a repository, which every node must be able to use",
                [Name, Type, Set, Secret, .. CommonOptions.Database],
                CreateAsync
            )
            {
                Examples =
                [
                    "varve archive repository create cold --type fs --set location=/backup/cold",
                    "varve archive repository create cold --type s3 --set bucket=b --secret access_key=env:S3_ID --secret secret_key=file:/run/secrets/s3",
                ],
            },
            new CliCommand("list", "List the repositories, their secrets masked", [.. CommonOptions.Database], ListAsync)
            {
                Examples = ["varve archive repository list"],
            }
        );

    private static async Task<int> CreateAsync(CommandContext call)
    {
        var repository = new CrateDbRepository
        {
            Name = call.Parse.GetRequiredValue(Name),
            Type = call.Parse.GetRequiredValue(Type),
            Settings = Pairs("--set", call.Parse.GetValue(Set) ?? [], value => value),
            Secrets = Pairs("--secret", call.Parse.GetValue(Secret) ?? [], ReadSecret),
        };
        if (repository.Objection() is { } objection)
            throw CommonOptions.Usage(
                repository.Settings.Keys.Any(CrateDbRepository.IsSecret)
                    ? $"{objection} Write --secret KEY=env:NAME or --secret KEY=file:PATH."
                    : objection
            );
        RequireCluster(call);
        call.Write();
        await CrateDbRepositories.CreateAsync(call.Database, repository, call.Cancellation);
        if (call.IsJson)
            call.Print(new RepositoryListShape([new(repository.Name, repository.Type, repository.Settings)]));
        else
            call.Screen.Line(
                new("made  ", Palette.Good),
                new(repository.Name, Palette.Bold),
                $"  {repository.Type}. A policy names it: archive: {repository.Name}"
            );
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(CommandContext call)
    {
        RequireCluster(call);
        call.Read();
        var all = await CrateDbRepositories.ListAsync(call.Database, call.Cancellation);
        if (call.IsJson)
        {
            call.Print(new RepositoryListShape([.. all.Select(r => new RepositoryShape(r.Name, r.Type, r.Settings))]));
            return ExitCode.Done;
        }

        foreach (var one in all)
            call.Screen.Line(
                new(one.Name, Palette.Bold),
                $"  {one.Type}  {string.Join(", ", one.Settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}"))}"
            );
        if (all.Count == 0)
            call.Screen.Line(new Span("The cluster has no repository: varve archive repository create makes one.", Palette.Dim));
        return ExitCode.Done;
    }

    private static void RequireCluster(CommandContext call)
    {
        var url = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db));
        if (url.Scheme != "cratedb")
            throw CommonOptions.Usage(
                $"Repositories are CrateDB's, and {url} is another database. Elsewhere an archive is a folder: --archive cold=/backup."
            );
    }

    private static Dictionary<string, string> Pairs(string option, IReadOnlyList<string> texts, Func<string, string> read)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw CommonOptions.Usage($"{option} takes KEY=…, and what was given has no key before a =.");
            if (!pairs.TryAdd(text[..at], read(text[(at + 1)..])))
                throw CommonOptions.Usage($"{option} says {text[..at]} twice.");
        }

        return pairs;
    }

    // What stands there instead of a reference may be the secret itself, so that it is not repeated.
    private static string ReadSecret(string reference)
    {
        if (reference.StartsWith("env:", StringComparison.Ordinal))
            return Environment.GetEnvironmentVariable(reference[4..]) is { Length: > 0 } value
                ? value
                : throw CommonOptions.Usage($"--secret: the environment has no variable {reference[4..]}.");
        if (!reference.StartsWith("file:", StringComparison.Ordinal))
            throw CommonOptions.Usage("--secret takes no secret, but where it is: KEY=env:NAME or KEY=file:PATH.");
        try
        {
            return File.ReadLines(reference[5..]).FirstOrDefault() is { Length: > 0 } line
                ? line
                : throw CommonOptions.Usage($"--secret: {reference[5..]} is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommonOptions.Usage($"--secret: {reference[5..]} cannot be read: {error.Message}");
        }
    }
}
