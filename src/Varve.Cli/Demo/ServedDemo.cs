using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Runs;

namespace Varve.Cli.Demo;

/// <summary>
/// The year of flights and weather as a server keeps it: moved to end today, with schedules, its first removal waiting for a
/// person.
/// </summary>
internal sealed class ServedDemo
{
    private const string Name = "demo";

    private readonly Folder _folder;

    private ServedDemo(Folder folder) => _folder = folder;

    internal ConnectionSetting Setting =>
        new(Name, DatabaseUrl.Parse($"duckdb:{_folder.Database}"), ConnectionSetting.DefaultTenant, 1, ConnectionSetting.CommandLine);

    internal static async Task<ServedDemo> MakeAsync(CancellationToken cancellation)
    {
        var folder = Folder.Create(null);
        await Airport.LoadAsync(folder, cancellation);
        await Airport.MoveAsync(folder, Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), cancellation);
        await using var database = DatabaseOpener.OpenFile(folder.Database);
        var policies = Directory
            .GetFiles(folder.Policies)
            .Order(StringComparer.Ordinal)
            .SelectMany(file => PolicyYaml.Parse($"{File.ReadAllText(file).TrimEnd()}\nschedule: \"*/15 * * * *\"\n", file));
        await new Lifecycle(database, DatabaseOpener.Options(null, null)).ApplyAsync([.. policies], cancellationToken: cancellation);
        return new(folder);
    }

    /// <summary>A schedule that is new fires nothing by itself; somebody who looks at a demonstration wants to see something.</summary>
    internal async Task BeginAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var connection = services.GetRequiredService<ConnectionSet>().Find(Caller.Scheduler, Name)!;
        await services
            .GetRequiredService<RunIntake>()
            .TakeAsync(Caller.Scheduler with { Subject = "demo" }, connection, new(), null, cancellation);
    }
}
