using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Varve.DuckDb;
using Varve.Execution;
using Varve.Hosting;
using Varve.Policies;

namespace Varve.Server.Tests.Hosting;

/// <summary>Varve in a host of an application: real files, real time.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    private const string Yaml =
        "policy: cpu\ntable: cpu\ntime: ts\nseries: [host]\nmeasures:\n  load: [avg]\nkeep: 7d\ntiers:\n  - { every: 1h, keep: forever }\nschedule: { every: 1s }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-hosting-").FullName;

    private string DataFile => Path.Combine(_folder, "app.duckdb");

    public ValueTask InitializeAsync()
    {
        Sql(
            "CREATE TABLE cpu AS SELECT ts::TIMESTAMP AS ts, 'host' || h AS host, h::DOUBLE AS load FROM range(now()::TIMESTAMP - INTERVAL 20 DAY, now()::TIMESTAMP, INTERVAL 1 HOUR) r(ts), range(3) s(h)"
        );
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_policy_runs_by_its_schedule_waits_for_a_word_and_the_health_check_says_so()
    {
        List<RunEvent> told = [];
        using var host = Host(options =>
            options.OnEvent = (happened, _) =>
            {
                lock (told)
                    told.Add(happened);
                return ValueTask.CompletedTask;
            }
        );
        await host.StartAsync();
        var scheduler = host.Services.GetRequiredService<VarveScheduler>();
        await ServedDatabase.UntilAsync(() => Task.FromResult(scheduler.Standings), s => s is [{ State: VarveState.NeedsPerson }]);
        var health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("waits for the word", health.Entries[VarveServices.HealthCheck].Description, StringComparison.Ordinal);
        lock (told)
            Assert.Contains(told, e => e is RunEvent.StepDone { Result.RowsWritten: > 0 });

        // A person of the application agrees: what waits goes, and the schedule goes on.
        var brake = (await scheduler.UseAsync(lifecycle => lifecycle.PlanAsync(Selection.All))).Single().Brake!;
        await scheduler.UseAsync(lifecycle => lifecycle.RunToEndAsync(Selection.All, new RunOptions { Confirm = [brake.Hash] }));
        await ServedDatabase.UntilAsync(() => Task.FromResult(scheduler.Standings), s => s is [{ State: VarveState.Done }]);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
        Assert.Equal("cpu", (await scheduler.RunAsync(Selection.All)).Single().Policy);
        await host.StopAsync();
    }

    [Fact]
    public async Task What_fails_is_unhealthy_with_its_code_and_holds_up_nobody()
    {
        using var host = Host(_ => { }, Yaml, Yaml.Replace("cpu", "gone", StringComparison.Ordinal));
        Sql("CREATE TABLE gone AS SELECT * FROM cpu");
        await host.StartAsync();
        var scheduler = host.Services.GetRequiredService<VarveScheduler>();
        await ServedDatabase.UntilAsync(() => Task.FromResult(scheduler.Standings.Count), n => n == 2);
        await scheduler.UseAsync(_ =>
        {
            Sql("DROP TABLE gone CASCADE");
            return Task.FromResult(0);
        });
        var standings = await ServedDatabase.UntilAsync(
            () => Task.FromResult(scheduler.Standings.ToDictionary(s => s.Policy)),
            s => s["gone"].State == VarveState.Failed && s["cpu"].State == VarveState.NeedsPerson
        );
        Assert.Contains("VRV", standings["gone"].Reason, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task Policies_that_cannot_be_stored_are_unhealthy_and_the_application_starts_all_the_same()
    {
        using var host = Host(_ => { }, Yaml.Replace("time: ts", "time: missing", StringComparison.Ordinal));
        await host.StartAsync();
        var scheduler = host.Services.GetRequiredService<VarveScheduler>();
        await ServedDatabase.UntilAsync(() => Task.FromResult(scheduler.Trouble), t => t is not null);
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        await host.StopAsync();
    }

    [Fact]
    public void Without_a_way_to_open_a_database_it_is_refused_at_once()
    {
        var refused = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddVarve(_ => { }));
        Assert.Contains("VarveOptions.Open", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Called_twice_it_keeps_the_first()
    {
        var services = new ServiceCollection()
            .AddVarve(o => o.Open = _ => throw new InvalidOperationException())
            .AddVarve(o => o.Open = _ => throw new InvalidOperationException());
        Assert.Single(services, s => s.ServiceType == typeof(VarveScheduler));
    }

    private static async Task<HealthReport> HealthAsync(IHost host) =>
        await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private IHost Host(Action<VarveOptions> configure, params string[] policies)
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddVarve(options =>
        {
            options.Open = _ => DuckDbDatabase.Open(DataFile);
            options.Policies = [.. (policies.Length == 0 ? [Yaml] : policies).SelectMany(p => PolicyYaml.Parse(p, ""))];
            configure(options);
        });
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        return app;
    }

    private void Sql(string text)
    {
        using var connection = new DuckDBConnection($"Data Source={DataFile}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
