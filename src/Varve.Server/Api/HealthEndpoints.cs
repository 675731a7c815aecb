using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Home;
using Varve.Server.Leading;
using Varve.Server.Scheduling;

namespace Varve.Server.Api;

/// <summary>What a supervisor asks. It says nothing about anybody's tables.</summary>
internal static class HealthEndpoints
{
    internal static void Map(WebApplication app, ServeSettings settings)
    {
        app.MapGet("/health/live", () => Results.Text("live")).NeedsNothing().ExcludeFromDescription();
        app.MapGet("/health/startup", (SchedulerService scheduler) => Said(scheduler.IsReady, "started", "starting"))
            .NeedsNothing()
            .ExcludeFromDescription();
        app.MapGet("/health/ready", ReadyAsync).NeedsNothing().ExcludeFromDescription();
        var metrics = app.MapPrometheusScrapingEndpoint("/metrics");

        // Names of policies are labels. Off this machine they are for those of every tenant.
        if (settings.IsLoopback)
            metrics.NeedsNothing();
        else
            metrics.Needs(Role.Viewer, ofAllTenants: true);
    }

    private static async Task<IResult> ReadyAsync(
        SchedulerService scheduler,
        HomeDatabase home,
        Leadership lead,
        Reloading configuration,
        CancellationToken cancellationToken
    )
    {
        if (!scheduler.IsReady)
            return Said(false, "", "starting");
        try
        {
            await home.QueryAsync($"SELECT value FROM {HomeTables.Meta}", cancellationToken);
            var mistake = configuration.Trouble is null ? "" : "; the configuration file has a mistake, and the one before it is in force";
            return Said(true, $"ready{(lead.Leads ? "" : "; another server leads")}{mistake}", "");
        }
        catch (VarveException)
        {
            return Said(false, "", "the home does not answer");
        }
    }

    private static IResult Said(bool good, string yes, string no) =>
        good ? Results.Text(yes) : Results.Text(no, statusCode: StatusCodes.Status503ServiceUnavailable);
}
