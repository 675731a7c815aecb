using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Varve.Server.Access;

namespace Varve.Server.Tests.Fuzz;

/// <summary>
/// Every endpoint, fed from its own schema: whatever is sent, the answer says what is wrong with it, and no defect is met.
/// </summary>
public sealed class FuzzTests : IAsyncLifetime
{
    private const int AtOnce = 4;

    // What takes as long as a run takes, or asks others, is tried where it is tested; here it would only be waited for.
    private static readonly string[] LeftOut = ["RunEvents", "TryConnection", "AddConnection"];

    private static readonly int Requests = int.Parse(
        Environment.GetEnvironmentVariable("VARVE_FUZZ_REQUESTS") ?? "1500",
        CultureInfo.InvariantCulture
    );

    private static readonly int Seed = int.Parse(
        Environment.GetEnvironmentVariable("VARVE_FUZZ_SEED") ?? "1",
        CultureInfo.InvariantCulture
    );

    private readonly DefectLog _log = new();
    private readonly ServedDatabase _served;

    public FuzzTests() => _served = new() { Log = _log };

    public ValueTask InitializeAsync() => _served.InitializeAsync();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    /// <summary>VARVE_FUZZ_REQUESTS says how many, VARVE_FUZZ_SEED which.</summary>
    [Fact]
    public async Task No_request_meets_a_defect()
    {
        using var anybody = _served.With(null);
        var document = JsonSerializer.Deserialize<JsonElement>(await anybody.GetStringAsync("api/v1/openapi.json"));
        var components = document.GetProperty("components").GetProperty("schemas");
        var operations = (
            from path in document.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            where !LeftOut.Contains(method.Value.GetProperty("operationId").GetString())
            select (Path: path.Name, Method: method.Name, Operation: method.Value)
        ).ToList();
        Assert.True(operations.Count > 60, "The document has no operations.");
        using var clients = new Clients(_served, await TokensAsync());
        ConcurrentBag<string> defects = [];
        ConcurrentDictionary<string, int> reached = new();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (n, token) =>
            {
                var (path, method, operation) = operations[n % operations.Count];
                var samples = new Samples(new Random(Seed + n), components);
                using var request = Request(path, method, operation, samples);
                var told =
                    $"request {n} of seed {Seed}: {method} {request.RequestUri} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync(token))}";
                using var answer = await clients.Of(n).SendAsync(request, token);
                var text = await answer.Content.ReadAsStringAsync(token);
                if ((int)answer.StatusCode == 500)
                    defects.Add($"{told}\n{text}");
                if (
                    (int)answer.StatusCode >= 400
                    && answer.StatusCode
                        is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.RequestUriTooLong)
                    && answer.Content.Headers.ContentType?.MediaType != "application/problem+json"
                )
                    defects.Add($"{told}\n{(int)answer.StatusCode} without a problem: {text}");
                if (answer.StatusCode is HttpStatusCode.TooManyRequests)
                    defects.Add($"{told}\nwas limited: more tokens are needed for this test to mean anything.");
                if (answer.IsSuccessStatusCode)
                    reached.AddOrUpdate($"{method} {path}", 1, (_, count) => count + 1);
            }
        );
        Assert.True(defects.IsEmpty, $"{string.Join("\n\n", defects.Take(5))}\n\n{string.Join("\n\n", _log.Told.Distinct().Take(5))}");

        // Requests that are all refused at the door would find nothing.
        Assert.True(reached.Count >= 25, $"Only {reached.Count} operations answered with success: {string.Join(", ", reached.Keys)}");
    }

    private static HttpRequestMessage Request(string path, string method, JsonElement operation, Samples samples)
    {
        List<string> query = [];
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray())
            {
                var name = parameter.GetProperty("name").GetString()!;
                if (parameter.GetProperty("in").GetString() == "path")
                    path = path.Replace($"{{{name}}}", Uri.EscapeDataString(Part(name, samples)), StringComparison.Ordinal);
                else if (parameter.GetProperty("in").GetString() == "query" && !samples.Chance(2))
                    query.Add($"{name}={Uri.EscapeDataString(samples.Chance(3) ? samples.Number() : samples.Text())}");
            }
        }

        var request = new HttpRequestMessage(
            new(method.ToUpperInvariant()),
            $"{path.TrimStart('/')}{(query.Count == 0 ? "" : $"?{string.Join('&', query)}")}"
        );
        if (operation.TryGetProperty("requestBody", out var body))
            request.Content = new StringContent(
                samples.Body(body.GetProperty("content").GetProperty("application/json").GetProperty("schema")),
                Encoding.UTF8,
                samples.Chance(30) ? "text/plain" : "application/json"
            );
        if (samples.Chance(3))
            request.Headers.TryAddWithoutValidation("If-Match", samples.Chance(2) ? "\"1\"" : Printable(samples));
        if (samples.Chance(6))
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        if (samples.Chance(6))
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Printable(samples));
        return request;
    }

    private static string Part(string name, Samples samples) =>
        samples.Chance(5)
            ? Named(samples)
            : name switch
            {
                "connection" => ServedDatabase.Mine,
                "policy" => samples.Chance(2) ? "cpu" : "sensor1",
                _ => Named(samples),
            };

    // An empty part would be another path, and one with a zero is refused before anything of this server sees it.
    private static string Named(Samples samples) =>
        samples.Text().Replace("\0", "", StringComparison.Ordinal) is { } text && text.Trim('.', ' ').Length > 0 ? text : "x";

    private static string Printable(Samples samples) => new([.. samples.Text().Where(c => c is >= ' ' and < (char)127)]);

    /// <summary>So many that none is limited: each has a budget of its own.</summary>
    private async Task<IReadOnlyList<string>> TokensAsync()
    {
        var signIn = _served.Server.Services.GetRequiredService<SignIn>();
        List<string> secrets = [];
        for (var i = 0; i < 4 + (Requests / 200); i++)
            secrets.Add(
                (
                    await signIn.MakeAsync(
                        new("test", "token", Role.Admin, Caller.AllTenants, null),
                        $"fuzz-{i}",
                        Role.Admin,
                        Caller.AllTenants,
                        Duration.FromDays(1),
                        CancellationToken.None
                    )
                ).Secret
            );
        return secrets;
    }

    private sealed class Clients(ServedDatabase served, IReadOnlyList<string> tokens) : IDisposable
    {
        private readonly IReadOnlyList<HttpClient> _all = [.. tokens.Select(t => served.With(t))];

        public HttpClient Of(int n) => _all[n % _all.Count];

        public void Dispose()
        {
            foreach (var client in _all)
                client.Dispose();
        }
    }
}
