using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Varve.Hosting;

/// <summary>Unhealthy where a policy failed or the database cannot be read; degraded where one is overdue or waits for a person.</summary>
internal sealed class VarveHealthCheck(VarveScheduler scheduler) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = scheduler.Standings;
        var data = all.ToDictionary(s => s.Policy, s => (object)s.State.ToString());
        if (scheduler.Trouble is { } trouble)
            return Task.FromResult(HealthCheckResult.Unhealthy(trouble, data: data));
        if (!scheduler.IsReady)
            return Task.FromResult(HealthCheckResult.Degraded("The policies were not looked at yet.", data: data));
        if (Told(all.Where(s => s.State == VarveState.Failed)) is { } failed)
            return Task.FromResult(HealthCheckResult.Unhealthy(failed, data: data));
        if (Told(all.Where(s => s.State == VarveState.NeedsPerson || s.IsOverdue)) is { } waiting)
            return Task.FromResult(HealthCheckResult.Degraded(waiting, data: data));
        return Task.FromResult(HealthCheckResult.Healthy(data: data));
    }

    private static string? Told(IEnumerable<VarveStanding> standings)
    {
        var told = standings
            .Select(s => $"{s.Policy}: {s.Reason ?? "nothing succeeded within the time that its schedule expects"}")
            .ToList();
        return told.Count == 0 ? null : string.Join("; ", told);
    }
}
