using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Api;

/// <summary>Carries out what a person asks for: once, however often it is sent under one key, and with an entry in the audit log.</summary>
internal sealed class Acts(HomeDatabase home, ServerAudit audit)
{
    // A key whose act has begun, and of which nobody knows how it ended.
    private const string UnderWay = "";

    private readonly KeyTable _keys = new();

    /// <summary>Does it, or answers what it answered before.</summary>
    /// <param name="http">The request; its <c>Idempotency-Key</c>, where it has one, makes it once.</param>
    /// <param name="act">What is done.</param>
    /// <param name="asked">The body: under one key it is always the same.</param>
    /// <param name="work">Does it; its answer, and the facts for the audit log, which hold no value of a row.</param>
    /// <exception cref="PolicyException">The key stood for something else, or for an act whose end nobody knows.</exception>
    public async Task<IResult> DoAsync<T>(HttpContext http, Act act, object asked, Func<Task<(T Answer, JsonObject Facts)>> work)
    {
        var (caller, now) = (http.Caller() with { Tenant = http.Connection(act.Connection).Setting.Tenant }, home.Now());
        var (key, hash) = (Key(http), Hash(act, asked));
        if (key is not null && await BeginAsync(caller.Tenant, key, hash, http.RequestAborted) is { } before)
            return Answer(before);
        string answer;
        JsonObject facts;
        try
        {
            var done = await work();
            (answer, facts) = (ServerJson.Write(done.Answer), done.Facts);
        }
        catch when (key is not null)
        {
            // It did not come to its end: the same request may be sent again.
            await home.WriteAsync((statements, token) => _keys.RemoveAsync(statements, caller.Tenant, key, token), CancellationToken.None);
            throw;
        }

        // It is done: that it is written down no longer depends on whether somebody waits for the answer.
        await home.WriteAsync(
            async (statements, token) =>
            {
                await audit.AppendAsync(statements, caller, act.Action, act.Target, facts, token);
                if (key is null)
                    return 0L;
                await _keys.RemoveAsync(statements, caller.Tenant, key, token);
                await _keys.AddAsync(statements, caller.Tenant, key, hash, answer, now, token);
                return 1L;
            },
            CancellationToken.None
        );
        return Answer(answer);
    }

    /// <summary>The key of a request; null where it has none.</summary>
    /// <exception cref="PolicyException">It is empty or too long.</exception>
    internal static string? Key(HttpContext http)
    {
        string? key = http.Request.Headers["Idempotency-Key"];
        return key is { Length: 0 or > 200 }
            ? throw new PolicyException(ServerCodes.BadRequest, "An Idempotency-Key has 1 to 200 characters.")
            : key;
    }

    private static IResult Answer(string json) => Results.Text(json, "application/json");

    private static string Hash(Act act, object asked) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{act.Action}\n{act.Target}\n{ServerJson.Write(asked)}")));

    /// <summary>Notes that an act begins; what it answered, where it ended before.</summary>
    private Task<string?> BeginAsync(string tenant, string key, string hash, CancellationToken cancellationToken) =>
        home.WriteAsync<string?>(
            async (statements, token) =>
            {
                if (await _keys.FindAsync(statements, tenant, key, hash, token) is { } known)
                {
                    return known != UnderWay
                        ? known
                        : throw new PolicyException(
                            ServerCodes.Conflict,
                            "The request of this Idempotency-Key is under way, or the server ended in it. Look at what is there; if it was not done, send it with a new key."
                        );
                }

                await _keys.AddAsync(statements, tenant, key, hash, UnderWay, home.Now(), token);
                return null;
            },
            cancellationToken
        );
}
