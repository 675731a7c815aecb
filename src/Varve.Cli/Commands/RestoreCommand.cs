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
    private static readonly Argument<string?> Name = new("POLICY") { Description = "The policy that archived the rows; it need not be stored any more", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Policy = new("--policy") { HelpName = "NAME", Description = "The same, as an option" };

    private static readonly Option<string?> Into = new("--into") { HelpName = "TABLE", Description = "The table that is made. Default: the source's name with _restored" };

    private static readonly Option<string?> Location = new("--location", "--from-location") { HelpName = "NAME", Description = "Where the archive is. Default: where the stored policy archives" };

    internal static Command Create() => new Verb("restore", "Make a table of archived rows", [Name, Policy, Shared.From, Shared.To, Into, Location, Shared.Archive, .. Shared.Database], ActAsync)
    {
        Examples =
        [
            "varve restore flights --from 2013-06-01 --to 2013-07-01",
            "varve restore --location cold --policy flights --db duckdb:new.duckdb --archive cold=/mnt/archive",
        ],
    };

    private static async Task<int> ActAsync(Call call)
    {
        var policy = (call.Parse.GetValue(Name), call.Parse.GetValue(Policy)) switch
        {
            ({ } name, null) => name,
            (null, { } name) => name,
            (null, null) => throw Shared.Usage("Say which policy archived the rows: varve restore POLICY."),
            _ => throw Shared.Usage("The policy is named twice; once is enough."),
        };
        var request = new RestoreRequest { Policy = policy, Range = Shared.Range(call.Parse) ?? TimeRange.All, Into = Table(call.Parse.GetValue(Into)), Location = call.Parse.GetValue(Location) };
        var result = await RestoreAsync(call, request);
        if (call.IsJson) call.Print(new RestoredShape(policy, result.Table.Text, result.Parts, result.Rows, [.. result.Ranges], result.Unknown));
        else ArchiveScreen.Restored(call.Screen, result);
        return ExitCode.Done;
    }

    /// <summary>A file that is made for the rows goes again where there are none.</summary>
    private static async Task<RestoreResult> RestoreAsync(Call call, RestoreRequest request)
    {
        var file = Opening.Url(call.Parse.GetValue(Shared.Db)).Path;
        var isNew = !File.Exists(file);
        try
        {
            return await call.Make().RestoreAsync(request, call.Cancellation);
        }
        catch (VarveException) when (isNew)
        {
            await call.DisposeAsync();
            File.Delete(file);
            throw;
        }
    }

    private static TableName? Table(string? text)
    {
        try
        {
            return text is null ? null : TableName.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw Shared.Usage($"--into: {wrong.Message}");
        }
    }
}
