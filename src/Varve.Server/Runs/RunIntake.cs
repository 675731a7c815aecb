using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Runs;

/// <summary>
/// Takes what a person or a program asks to run: checked before it is stored, and carried out once however often it is sent.
/// </summary>
internal sealed class RunIntake(HomeDatabase home, RunTable runs, RunQueue queue, ServerAudit audit, ConnectionSet connections)
{
    // Of one tenant: whoever asks for much leaves room for others.
    private const int MostWaiting = 200;

    private readonly KeyTable _keys = new();

    /// <summary>Stores a run and lets it wait for its turn.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="connection">Where.</param>
    /// <param name="asked">What.</param>
    /// <param name="key">A key under which the same request is the same run; null: each is a new one.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    /// <exception cref="PolicyException">There is no such policy or tag, the key stood for something else, or too many runs
    /// wait.</exception>
    public async Task<ServerRun> TakeAsync(
        Caller caller,
        ServerConnection connection,
        RunAsked asked,
        string? key,
        CancellationToken cancellationToken
    )
    {
        var tenant = connection.Setting.Tenant;
        if (!home.IsShared && queue.OfTenant(tenant).Waiting >= MostWaiting)
            throw TooMany(tenant);
        await connection.UseAsync(
            caller.Subject,
            async lifecycle =>
            {
                var selection = new Selection(asked.Policies, asked.Tags);
                return (await lifecycle.PoliciesAsync(selection, cancellationToken)).Count
                    + (await lifecycle.PatternsAsync(selection, cancellationToken)).Count;
            },
            cancellationToken
        );
        var run = new ServerRun(
            ServerRun.NewId(),
            connection.Name,
            asked is { Policies: [var only], Tags: [] } ? only : "",
            RunTrigger.Manual,
            home.Now(),
            caller.Subject
        )
        {
            Asked = asked,
        };
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.Name}\n{ServerJson.Write(asked)}")));
        var before = await home.WriteAsync(
            async (statements, token) =>
            {
                if (key is not null && await _keys.FindAsync(statements, tenant, key, hash, token) is { } known)
                    return known;
                if (home.IsShared && await runs.WaitingAsync(statements, NamesOf(tenant), token) >= MostWaiting)
                    throw TooMany(tenant);
                await runs.AddAsync(statements, run, token);
                if (key is not null)
                    await _keys.AddAsync(statements, tenant, key, hash, run.Id, run.Queued, token);
                await audit.AppendAsync(
                    statements,
                    caller with
                    {
                        Tenant = tenant,
                    },
                    "run.asked",
                    $"{connection.Name}/{run.Policy}",
                    new JsonObject
                    {
                        ["run"] = run.Id,
                        ["confirm"] = new JsonArray([.. asked.Confirm.Select(c => (JsonNode)c)]),
                        ["yes"] = asked.Yes,
                    },
                    token
                );
                return null;
            },
            cancellationToken
        );
        if (before is not null)
            return await runs.FindAsync(before, cancellationToken) ?? run;
        queue.Admit(run);
        return run;
    }

    private IReadOnlyList<string> NamesOf(string tenant) => [.. connections.All.Where(c => c.Setting.Tenant == tenant).Select(c => c.Name)];

    private static PolicyException TooMany(string tenant) =>
        new(
            ServerCodes.TooMany,
            FormattableString.Invariant($"{MostWaiting} runs of the tenant {tenant} wait already. Try again when some have ended.")
        );
}
