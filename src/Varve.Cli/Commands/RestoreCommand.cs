using System.CommandLine;
using Varve.Archiving;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve restore</c>.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string?> Name = new("POLICY")
    {
        Description = "The policy that archived the rows; it need not be stored any more",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Policy = new("--policy") { HelpName = "NAME", Description = "The same, as an option" };

    private static readonly Option<string?> Into = new("--into")
    {
        HelpName = "TABLE",
        Description = "The table that is made. Default: the source's name with _restored",
    };

    private static readonly Option<string?> Location = new("--location", "--from-location")
    {
        HelpName = "NAME",
        Description =
            "Where the archive is. Default: the only place where the catalog knows rows of that range, else where the stored policy archives",
    };

    private static readonly Option<string?> Of = new("--table")
    {
        HelpName = "TABLE",
        Description = "Only rows of this table, where several were archived under one name",
    };

    internal static Command Create() =>
        new CliCommand(
            "restore",
            "Make a table of archived rows",
            [
                Name,
                Policy,
                CommonOptions.From,
                CommonOptions.To,
                CommonOptions.Zone,
                Into,
                Location,
                Of,
                CommonOptions.Archive,
                .. CommonOptions.Anywhere,
            ],
            ActAsync
        )
        {
            Examples =
            [
                "varve restore flights --from 2013-06-01 --to 2013-07-01",
                "varve restore --location cold --policy flights --db duckdb:new.duckdb --archive cold=/mnt/archive",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var policy = (call.Parse.GetValue(Name), call.Parse.GetValue(Policy)) switch
        {
            ({ } name, null) => name,
            (null, { } name) => name,
            (null, null) => throw CommonOptions.Usage("Say which policy archived the rows: varve restore POLICY."),
            _ => throw CommonOptions.Usage("The policy is named twice; once is enough."),
        };
        var (into, table) = (Table("--into", call.Parse.GetValue(Into)), Table("--table", call.Parse.GetValue(Of)));
        var lifecycle = call.Make();
        var reckoning = await Reckoning.OfAsync(call, lifecycle, policy);
        var result = await lifecycle.RestoreAsync(
            new()
            {
                Policy = policy,
                Range = reckoning.Range(call.Parse) ?? TimeRange.All,
                Into = into,
                Location = call.Parse.GetValue(Location),
                Table = table,
            },
            call.Cancellation
        );
        if (call.IsJson)
            call.Print(RestoredShape.Of(policy, result));
        else
            ArchiveScreen.Restored(call.Screen, result);
        return ExitCode.Done;
    }

    private static TableName? Table(string option, string? text)
    {
        try
        {
            return text is null ? null : TableName.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw CommonOptions.Usage($"{option}: {wrong.Message}");
        }
    }
}
