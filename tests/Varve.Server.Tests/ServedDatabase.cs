using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Tests;

/// <summary>A server on a port of its own, over a home and two databases in real DuckDB files, each of another tenant.</summary>
public sealed class ServedDatabase : IAsyncLifetime
{
    internal const string Mine = "metrics";
    internal const string Theirs = "secret";

    internal const string Policy = """
        policy: cpu
        table: cpu
        time: ts
        series: [host]
        measures:
          load: [avg, min, max, count]
        keep: 30d
        tiers:
          - { every: 1h, keep: forever }
          - { every: 1d, keep: forever }
        schedule: "0 3 * * *"
        """;

    /// <summary>Tables sensor1, sensor2, …: one for each test that removes something.</summary>
    internal const int Sensors = 7;

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-serve-").FullName;
    private readonly ConcurrentDictionary<int, string> _built = new();
    private readonly Dictionary<(Role, string), string> _tokens = [];

    internal VarveServer Server { get; private set; } = null!;

    /// <summary>What an earlier server left in the home.</summary>
    internal Func<HomeDatabase, Task>? Left { get; init; }

    /// <summary>Whom it tells what happens.</summary>
    internal NoticeSettings Notify { get; init; } = NoticeSettings.None;

    /// <summary>What tenants may have and use.</summary>
    internal QuotaSettings Quotas { get; init; } = QuotaSettings.None;

    /// <summary>Where it writes the heads of its logs.</summary>
    internal AnchorSettings? Anchor { get; init; }

    /// <summary>Its home, where that is no file of its own.</summary>
    internal string? HomeUrl { get; init; }

    /// <summary>How long another server is silent before it takes the lead.</summary>
    internal TimeSpan TakeOver { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where people sign in.</summary>
    internal OidcSettings? Oidc { get; init; }

    /// <summary>Where traces, logs and metrics are sent.</summary>
    internal Uri? Otlp { get; init; }

    /// <summary>Who reads the log.</summary>
    internal ILoggerProvider? Log { get; init; }

    /// <summary>From which level on; null: errors, where somebody reads.</summary>
    internal LogLevel? LogLevel { get; init; }

    internal string Home => Path.Combine(_folder, "home.duckdb");

    /// <summary>The folder of its archive location.</summary>
    internal string Cold => Path.Combine(_folder, "cold");

    internal string File(string connection) => Path.Combine(_folder, $"{connection}.duckdb");

    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { Mine, Theirs })
            Make(File(name));
        Directory.CreateDirectory(Path.Combine(_folder, "cold"));
        if (Left is not null)
        {
            await using var home = await HomeDatabase.OpenAsync(
                DatabaseUrl.Parse($"duckdb:{Home}"),
                TimeProvider.System,
                CancellationToken.None
            );
            await Left(home);
        }

        Server = await StartAsync(new Uri("http://127.0.0.1:0"));
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var tenant in new[] { "acme", "other", Caller.AllTenants })
            {
                var signIn = Server.Services.GetRequiredService<SignIn>();
                var (secret, _) = await signIn.MakeAsync(
                    new("test", "token", Role.Admin, Caller.AllTenants, null),
                    $"{role}-{tenant}",
                    role,
                    tenant,
                    Duration.FromDays(1),
                    CancellationToken.None
                );
                _tokens[(role, tenant)] = secret;
            }
        }

        foreach (var name in new[] { Mine, Theirs })
        {
            var client = Client(Role.Admin, Caller.AllTenants);
            var answer = await client.PostAsync($"api/v1/connections/{name}/apply", JsonContent.Create(new { yaml = Policy }));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(CancellationToken.None);
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal Task<VarveServer> StartAsync(Uri listen) =>
        VarveServer.StartAsync(
            new ServeSettings
            {
                Listen = listen,
                Home = DatabaseUrl.Parse(HomeUrl ?? $"duckdb:{Home}"),
                TakeOver = TakeOver,
                Notify = Notify,
                Quotas = Quotas,
                Anchor = Anchor,
                Archives = Locations,
                Oidc = Oidc,
                Otlp = Otlp,
                Connections = [Setting(Mine, "acme") with { Archives = Locations }, Setting(Theirs, "other")],
            },
            TimeProvider.System,
            logging =>
            {
                logging.SetMinimumLevel(
                    LogLevel ?? (Log is null ? Microsoft.Extensions.Logging.LogLevel.None : Microsoft.Extensions.Logging.LogLevel.Error)
                );
                if (Log is not null)
                    logging.AddProvider(Log);
            },
            CancellationToken.None
        );

    private Dictionary<string, string> Locations => new() { ["cold"] = Path.Combine(_folder, "cold") };

    internal string Token(Role role, string tenant = "acme") => _tokens[(role, tenant)];

    /// <summary>Somebody with a token.</summary>
    internal HttpClient Client(Role role, string tenant = "acme") => With(Token(role, tenant));

    internal HttpClient With(string? token, VarveServer? server = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = (server ?? Server).Address };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    internal static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Stores a policy of one of the sensors, builds its tiers, and lets go what is past its time.</summary>
    internal async Task BuildSensorAsync(HttpClient client, int sensor, string keep = "forever", string more = "")
    {
        var name = $"sensor{sensor}";
        var yaml =
            $"policy: {name}\ntable: {name}\ntime: ts\nseries: [host]\nmeasures:\n  v: [sum, count]\nkeep: {keep}\ntiers:\n  - {{ every: 6h, keep: forever }}\n  - {{ every: 1d, keep: forever }}\n{more}";
        // Tests come in any order: one that takes another's sensor with another policy would pass in one order only.
        Assert.Equal(_built.GetOrAdd(sensor, yaml), yaml);
        var applied = await client.PostAsync($"api/v1/connections/{Mine}/apply", JsonContent.Create(new { yaml }));
        Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync());
        var built = await RunAsync(client, new { policies = new[] { name } });
        Assert.True(built.GetProperty("state").GetString() == (keep == "forever" ? "done" : "braked"), built.ToString());
        if (keep == "forever")
            return;
        var hash = built.GetProperty("result").GetProperty("policies")[0].GetProperty("brake").GetProperty("hash").GetString();
        Assert.Equal(
            "done",
            (await RunAsync(client, new { policies = new[] { name }, confirm = new[] { hash } })).GetProperty("state").GetString()
        );
    }

    /// <summary>Asks for a run and waits until it has ended.</summary>
    internal async Task<JsonElement> RunAsync(HttpClient client, object body)
    {
        var asked = await client.PostAsync($"api/v1/connections/{Mine}/runs", JsonContent.Create(body));
        Assert.True(asked.StatusCode == System.Net.HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        using var events = await client.SendAsync(
            new(HttpMethod.Get, $"{asked.Headers.Location!.OriginalString}/events"),
            HttpCompletionOption.ResponseHeadersRead
        );
        await events.Content.ReadAsStringAsync();
        return await JsonAsync(await client.GetAsync(asked.Headers.Location));
    }

    /// <summary>Asks again until something is so; two minutes are too long on any machine.</summary>
    internal static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
                return answer;
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(2), $"It was waited for in vain: {answer}");
            await Task.Delay(30);
        }
    }

    private ConnectionSetting Setting(string name, string tenant) =>
        new(name, DatabaseUrl.Parse($"duckdb:{File(name)}"), tenant, 1, ConnectionSetting.File) { Queries = name == Mine };

    private static void Make(string file)
    {
        using var connection = new DuckDBConnection($"Data Source={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "CREATE TABLE cpu AS SELECT ts::TIMESTAMP AS ts, 'host' || h AS host, (epoch(ts)::BIGINT // 600 % 100 + h)::DOUBLE AS load FROM range(date_trunc('day', now()::TIMESTAMP) - INTERVAL 60 DAY, now()::TIMESTAMP, INTERVAL 1 HOUR) r(ts), range(2) s(h); CREATE TABLE loose (ts TIMESTAMP, v DOUBLE); CREATE TABLE events AS SELECT ts::TIMESTAMP AS ts, i AS v FROM range(TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-03', INTERVAL 10 MINUTE) r(ts), range(2) s(i); CREATE TABLE sums (ts TIMESTAMP, n BIGINT); "
            + string.Concat(
                Enumerable
                    .Range(1, Sensors)
                    .Select(n =>
                        $"CREATE TABLE sensor{n} AS SELECT ts::TIMESTAMP AS ts, 'host' || h AS host, h::DOUBLE AS v FROM range(TIMESTAMP '2026-01-01', TIMESTAMP '2026-02-01', INTERVAL 2 HOUR) r(ts), range(3) s(h); "
                    )
            )
            + " CREATE TABLE added (ts TIMESTAMP, n BIGINT); CREATE TABLE edited_sums (ts TIMESTAMP, n BIGINT); CREATE TABLE filled_sums (ts TIMESTAMP, n BIGINT); CREATE TABLE fails_sums (ts TIMESTAMP, n BIGINT); CREATE TABLE slow_sums (ts TIMESTAMP, n BIGINT)";
        command.ExecuteNonQuery();
    }
}

[CollectionDefinition(Name)]
public sealed class Served : ICollectionFixture<ServedDatabase>
{
    public const string Name = "served";
}
