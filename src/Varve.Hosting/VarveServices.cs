using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Varve.Hosting;

/// <summary>Varve in an application of one's own.</summary>
public static class VarveServices
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheck = "varve";

    /// <summary>
    /// Runs the policies of one database by their <c>schedule</c> for as long as the host runs: a <see cref="VarveScheduler"/>
    /// as a hosted service, and a health check. Called twice, it keeps the first.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Says at least how the database is opened.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static IServiceCollection AddVarve(this IServiceCollection services, Action<VarveOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(s => s.ServiceType == typeof(VarveScheduler)))
            return services;
        var options = new VarveOptions();
        configure(options);
        if (options.Open is null)
            throw new ArgumentException(
                "VarveOptions.Open says how the database is opened: options.Open = _ => DuckDbDatabase.Open(\"metrics.duckdb\").",
                nameof(configure)
            );
        services.TryAddSingleton(options);
        services.AddSingleton(provider => new VarveScheduler(provider, options, provider.GetRequiredService<ILogger<VarveScheduler>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<VarveScheduler>());
        services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    HealthCheck,
                    provider => new VarveHealthCheck(provider.GetRequiredService<VarveScheduler>()),
                    failureStatus: null,
                    tags: null
                )
            );
        return services;
    }
}
