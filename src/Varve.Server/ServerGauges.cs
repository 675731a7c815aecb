using System.Diagnostics.Metrics;
using NodaTime;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Leading;
using Varve.Server.Quotas;
using Varve.Server.Runs;
using Varve.Server.Scheduling;

namespace Varve.Server;

/// <summary>What is so at the moment somebody asks.</summary>
internal sealed class ServerGauges : IDisposable
{
    private readonly Meter _meter;

    public ServerGauges(
        ScheduleKeeper keeper,
        RunQueue queue,
        ConnectionSet connections,
        PolicyWatch watch,
        HomeDatabase home,
        Leadership lead,
        TenantQuotas quotas,
        TenantHoldings holdings
    )
    {
        // Of this server alone: another one in the process has gauges of its own, of the same names.
        var meter = _meter = new Meter(ServerTelemetry.Name, version: null, tags: null, scope: home);
        meter.CreateObservableGauge(
            "varve.server.leads",
            () => lead.Leads ? 1 : 0,
            description: "1 where this server decides schedules and carries out runs; of all servers of one home one does."
        );
        meter.CreateObservableGauge("varve.server.runs.waiting", () => queue.Waiting, "{run}", "Runs that wait for their turn.");
        meter.CreateObservableGauge("varve.server.runs.running", () => queue.Running, "{run}", "Runs that are under way.");
        meter.CreateObservableGauge(
            "varve.server.connection.up",
            () =>
                connections.All.Select(c => new Measurement<int>(
                    c.Trouble is null ? 1 : 0,
                    new KeyValuePair<string, object?>("varve.connection", c.Name)
                )),
            description: "1 where the policies of a database could be read when it was looked at last."
        );
        meter.CreateObservableGauge(
            "varve.server.connection.waiting",
            () =>
                connections.All.Select(c => new Measurement<long>(
                    c.Waiting,
                    new KeyValuePair<string, object?>("varve.connection", c.Name)
                )),
            "{request}",
            "Requests that wait for their turn at a database."
        );
        meter.CreateObservableGauge(
            "varve.server.schedule.overdue",
            () => Each(keeper, v => v.State.Overdue is null ? 0 : 1),
            description: "1 where nothing succeeded within the time that the policy expects."
        );
        meter.CreateObservableGauge(
            "varve.server.schedule.paused",
            () => Each(keeper, v => v.State.Pause is null ? 0 : 1),
            description: "1 where the schedule is paused."
        );
        meter.CreateObservableGauge(
            "varve.server.schedule.failures",
            () => Each(keeper, v => v.State.Failures),
            "{run}",
            "Failures one after the other."
        );
        meter.CreateObservableGauge(
            "varve.server.policy.lag",
            () =>
                watch
                    .Lags(home.Now())
                    .Select(l => new Measurement<double>(
                        l.Seconds,
                        [.. Labels(l.Connection, l.Policy), new("varve.relation", l.Relation)]
                    )),
            "s",
            "From the end of what a tier has covered until now."
        );
        meter.CreateObservableGauge(
            "varve.server.policy.waits",
            () => watch.Waits.Select(w => new Measurement<int>(w.Count, Labels(w.Connection, w.Policy))),
            "{range}",
            "Ranges that wait for a person, and removals that wait for a word."
        );
        meter.CreateObservableGauge(
            "varve.server.schedule.since.success",
            () => Since(keeper, home.Now()),
            "s",
            "Since the end of the newest run that succeeded."
        );
        meter.CreateObservableGauge(
            "varve.server.tenant.limit",
            () =>
                from tenant in quotas.Tenants
                from quota in Quota.All
                let limit = quotas.Of(tenant, quota)
                where limit is not null
                select new Measurement<long>(limit.Value, Labels(tenant, quota)),
            description: "How much a quota allows a tenant."
        );
        meter.CreateObservableGauge(
            "varve.server.tenant.used",
            () =>
                from tenant in quotas.Tenants
                from used in new[]
                {
                    (Quota: Quota.Runs, Amount: queue.OfTenant(tenant).Running),
                    (Quota: Quota.Rows, Amount: quotas.RemovedToday(tenant)),
                    (Quota: Quota.Schedules, Amount: holdings.Schedules(tenant)),
                    (Quota: Quota.Policies, Amount: holdings.Policies(tenant)),
                }
                select new Measurement<long>(used.Amount, Labels(tenant, used.Quota)),
            description: "How much a tenant has and uses of what quotas count: rows since midnight by UTC, everything else now."
        );
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Each(ScheduleKeeper keeper, Func<ScheduleView, int> value) =>
        keeper.All.Select(v => new Measurement<int>(value(v), Labels(v)));

    private static IEnumerable<Measurement<double>> Since(ScheduleKeeper keeper, Instant now) =>
        keeper
            .All.Where(v => v.State.Succeeded is not null)
            .Select(v => new Measurement<double>((now - v.State.Succeeded!.Value).TotalSeconds, Labels(v)));

    private static KeyValuePair<string, object?>[] Labels(string tenant, Quota quota) =>
        [new("varve.tenant", tenant), new("varve.quota", quota.Key)];

    private static KeyValuePair<string, object?>[] Labels(ScheduleView view) => Labels(view.State.Key.Connection, view.State.Key.Policy);

    private static KeyValuePair<string, object?>[] Labels(string connection, string policy) =>
        [new("varve.connection", connection), new("varve.policy", policy)];
}
