using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using Varve.Databases;
using Varve.Server.Access;
using Varve.Server.Access.People;
using Varve.Server.Api;
using Varve.Server.Backfills;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Home.Mirrored;
using Varve.Server.Leading;
using Varve.Server.Notices;
using Varve.Server.Queries;
using Varve.Server.Quotas;
using Varve.Server.Runs;
using Varve.Server.Scheduling;
using Varve.Server.Ui;
using Varve.Server.Watching;

namespace Varve.Server;

/// <summary>One process that keeps many tables in shape: scheduler, HTTP API and pages over one home.</summary>
internal sealed class VarveServer : IAsyncDisposable
{
    /// <summary>How many threads are begun without waiting for others to end.</summary>
    internal const int LeastThreads = 24;

    /// <summary>How long the statement in flight is waited for; a second signal ends it at once.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);

    private readonly WebApplication _app;
    private readonly HomeDatabase _home;
    private readonly ConnectionSet _connections;
    private readonly ServeSettings _settings;

    private VarveServer(WebApplication app, HomeDatabase home, ConnectionSet connections, ServeSettings settings) =>
        (_app, _home, _connections, _settings) = (app, home, connections, settings);

    /// <summary>Where it listens, with the port that it has got.</summary>
    public Uri Address => new($"{_app.Urls.First().TrimEnd('/')}{_settings.BasePath}/");

    /// <summary>What it is made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Opens the home and the connections, and listens.</summary>
    /// <exception cref="VarveException">The home is in use, or what it was told cannot be.</exception>
    public static async Task<VarveServer> StartAsync(
        ServeSettings settings,
        TimeProvider clock,
        Action<ILoggingBuilder> logging,
        CancellationToken cancellationToken
    )
    {
        SecretCheck.Check(settings);
        KeepThreads();
        var home = await OpenHomeAsync(settings, clock, cancellationToken);
        ConnectionSet? connections = null;
        try
        {
            var options = new LifecycleOptions { Archives = settings.Archives, ArchiveKinds = DatabaseOpening.ArchiveKinds };
            if (clock != TimeProvider.System)
                options = options with { TimeProvider = clock };
            ListenAddress.Check(settings.Listen);
            connections = await ConnectionSet.OpenAsync(home, settings.Connections, options, cancellationToken);
            var app = Build(settings, home, connections, logging);
            await app.StartAsync(cancellationToken);
            return new(app, home, connections, settings);
        }
        catch
        {
            if (connections is not null)
                await connections.DisposeAsync();
            await home.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address that signs one browser in, once.</summary>
    public async Task<Uri> LoginAsync(CancellationToken cancellationToken) =>
        new(Address, $"login?code={await _app.Services.GetRequiredService<SignIn>().OneTimeAsync(cancellationToken)}");

    /// <summary>Waits until it is asked to end.</summary>
    public Task EndedAsync() => _app.WaitForShutdownAsync();

    /// <summary>Ends what is under way after its statement, and then the server.</summary>
    public Task StopAsync(CancellationToken now) => _app.StopAsync(now);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _connections.DisposeAsync();
        await _home.DisposeAsync();
    }

    private static async Task<HomeDatabase> OpenHomeAsync(ServeSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await HomeDatabase.OpenAsync(settings.Home, clock, cancellationToken);
        }
        catch (EngineException unopened) when (unopened.Code != ServerCodes.NewerHome)
        {
            throw new EngineException(
                ServerCodes.NoHome,
                $"The home {settings.Home} cannot be opened: {unopened.Message} Another one is named with --home, VARVE_HOME or `home:`.",
                unopened.IsTransient,
                unopened
            );
        }
    }

    private static WebApplication Build(
        ServeSettings settings,
        HomeDatabase home,
        ConnectionSet connections,
        Action<ILoggingBuilder> logging
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                ApplicationName = typeof(VarveServer).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        if (settings.Certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.AddOtlp(settings);
        builder.Services.AddPeople(settings);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = s_patience);
        AddOwn(builder.Services, settings, home, connections);
        AddWatching(builder.Services, home);
        RateLimits.Add(builder.Services);
        builder.Services.ConfigureHttpJsonOptions(o => ServerJson.Configure(o.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddVarveOpenApi();
        builder.Services.AddVarvePages(home);
        var app = builder.Build();
        Use(app, settings);
        return app;
    }

    // An embedded engine keeps a thread for as long as its statement runs. With no more threads than processors, answers that
    // are ready would wait for one; new ones come only by the half second. The process is the server's own.
    private static void KeepThreads()
    {
        ThreadPool.GetMinThreads(out var least, out var completing);
        ThreadPool.SetMinThreads(Math.Max(least, LeastThreads), completing);
    }

    private static void Listen(KestrelServerOptions kestrel, ServeSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 4 << 20;
        var certificate = ListenAddress.Certificate(settings);
        kestrel.Listen(
            ListenAddress.Of(settings.Listen),
            listen =>
            {
                if (certificate is not null)
                    listen.UseHttps(certificate);
            }
        );
    }

    private static void AddOwn(IServiceCollection services, ServeSettings settings, HomeDatabase home, ConnectionSet connections)
    {
        services.AddSingleton(new Leadership(home, settings.TakeOver));
        services.AddSingleton(settings).AddSingleton(home).AddSingleton(connections).AddSingleton(home.Clock);
        services.AddSingleton<TokenTable>().AddSingleton<ScheduleTable>().AddSingleton<RunTable>().AddSingleton<ServerAudit>();
        services
            .AddSingleton<SignIn>()
            .AddSingleton<Gate>()
            .AddSingleton<RunExecutor>()
            .AddSingleton<RunIntake>()
            .AddSingleton<TenantHoldings>()
            .AddSingleton<TenantUse>()
            .AddSingleton<PolicyStoring>()
            .AddSingleton<Acts>()
            .AddSingleton<ScheduleChanges>();
        services.AddSingleton<ScheduleKeeper>().AddSingleton<QueryTable>().AddSingleton<QueryRunner>().AddSingleton<QueryStoring>();
        services
            .AddSingleton<DeliveryTable>()
            .AddSingleton<DeliveryService>()
            .AddHostedService(provider => provider.GetRequiredService<DeliveryService>());
        services.AddSingleton(provider => new NoticeBoard(
            provider.GetRequiredService<DeliveryTable>(),
            Targets(settings, home.Clock),
            provider.GetRequiredService<TenantQuotas>().TenantOf
        ));
        services.AddSingleton(provider => new TenantQuotas(home, provider.GetRequiredService<ServerAudit>(), connections, settings.Quotas));
        services.AddSingleton<TenantRate>();
        services.AddSingleton<BackfillTable>().AddSingleton<BackfillPlans>().AddSingleton<BackfillKeeper>();
        services.AddSingleton(provider =>
        {
            var (keeper, backfills) = (provider.GetRequiredService<ScheduleKeeper>(), provider.GetRequiredService<BackfillKeeper>());
            var quotas = provider.GetRequiredService<TenantQuotas>();
            var queue = new RunQueue(
                provider.GetRequiredService<RunTable>(),
                provider.GetRequiredService<RunExecutor>().RunAsync,
                new(
                    settings.RunsAtOnce,
                    name => connections.Find(Caller.Scheduler, name)?.Setting.AtOnce ?? 1,
                    quotas.TenantOf,
                    tenant => quotas.Of(tenant, Quota.Runs)?.Value
                )
                {
                    Held = keeper.Held,
                },
                async run =>
                {
                    await keeper.EndedAsync(run);
                    quotas.Take(run);
                    await backfills.EndedAsync(run);
                },
                home.Clock,
                provider.GetRequiredService<ILogger<RunQueue>>()
            );
            (keeper.Queue, backfills.Queue) = (queue, queue);
            quotas.Changed += queue.Pump;
            return queue;
        });
        services.AddHostedService<LogKeeper>();
        services.AddSingleton<Reloading>().AddHostedService(provider => provider.GetRequiredService<Reloading>());
        services.AddSingleton<SchedulerService>().AddHostedService(provider => provider.GetRequiredService<SchedulerService>());
    }

    private static IReadOnlyList<INoticeTarget> Targets(ServeSettings settings, TimeProvider clock)
    {
        var client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
        )
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
        return
        [
            .. settings.Notify.Webhooks.Select(w => new WebhookTarget(w.Name, w.Filter, w.Url, w.Secret.Resolve(), client, clock)),
            .. settings.Notify.Mail is { } mail ? [new MailTarget(mail)] : Array.Empty<INoticeTarget>(),
        ];
    }

    private static void AddWatching(IServiceCollection services, HomeDatabase home)
    {
        services
            .AddSingleton<ServerGauges>()
            .AddSingleton<PolicyWatch>()
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<PolicyWatch>());
        services.AddSingleton<IHostedService, Memory>();
        services.AddSingleton<AuditAnchor>().AddSingleton<IHostedService>(provider => provider.GetRequiredService<AuditAnchor>());
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddVarve(home).AddPrometheusExporter());
        services.AddHealthChecks();
    }

    private static void Use(WebApplication app, ServeSettings settings)
    {
        if (settings.TrustedProxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            };
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var network in settings.TrustedProxies)
                forwarded.KnownIPNetworks.Add(network);
            app.UseForwardedHeaders(forwarded);
        }

        if (settings.BasePath.Length > 0)
            app.UsePathBase(settings.BasePath);
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Varve.Server.Http");
        app.Use((context, next) => Problems.CatchAsync(context, _ => next(context), log));
        app.Use(SecurityHeaders.AddAsync);
        if (settings.Oidc is not null)
            app.UseAuthentication();
        app.UseRouting();
        app.Use((context, next) => app.Services.GetRequiredService<Gate>().PassAsync(context, _ => next(context)));
        app.UseRateLimiter();
        app.Use((context, next) => app.Services.GetRequiredService<TenantRate>().PassAsync(context, _ => next(context)));
        app.UseAntiforgery();
        HealthEndpoints.Map(app, settings);
        var api = app.MapGroup("/api/v1").RequireRateLimiting(RateLimits.Api);
        PolicyEndpoints.Map(api);
        ProposalEndpoints.Map(api);
        ReadingEndpoints.Map(api);
        SelectionEndpoints.Map(api);
        RepairEndpoints.Map(api);
        CompactionEndpoints.Map(api);
        RemovalEndpoints.Map(api);
        ArchiveEndpoints.Map(api);
        RunEndpoints.Map(api);
        ScheduleEndpoints.Map(api);
        QueryEndpoints.Map(api);
        BackfillEndpoints.Map(api);
        NoticeEndpoints.Map(api);
        AccessEndpoints.Map(api);
        TenantEndpoints.Map(api);
        app.MapOpenApi("/api/v1/openapi.json").NeedsNothing();
        app.MapVarvePages();
        app.Services.GetRequiredService<ServerGauges>();
    }
}
