using System.Collections.Concurrent;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server;

/// <summary>How far behind tiers are, and what waits for a person: read from the ledgers after each run, and every few minutes.</summary>
internal sealed class PolicyWatch(ConnectionSet connections, HomeDatabase home, ILogger<PolicyWatch> log) : BackgroundService
{
    /// <summary>What others run, from the command line, is seen after that.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Connection, string Policy), Standing> _all = new();

    /// <summary>Ranges of each policy that wait for a person.</summary>
    public IEnumerable<(string Connection, string Policy, int Count)> Waits =>
        _all.Select(s => (s.Key.Connection, s.Key.Policy, s.Value.Waits + s.Value.Brakes));

    /// <summary>How long ago what each tier covers ended; a tier that covers nothing yet is in none.</summary>
    public IEnumerable<(string Connection, string Policy, string Relation, double Seconds)> Lags(Instant now) =>
        _all.SelectMany(s =>
            s.Value.Covered.Select(c => (s.Key.Connection, s.Key.Policy, c.Key, Math.Max(0, (now - c.Value).TotalSeconds)))
        );

    /// <summary>Takes what a run left.</summary>
    public async Task TakeAsync(string connection, Lifecycle lifecycle, RunOutcome outcome, CancellationToken cancellationToken)
    {
        foreach (var policy in outcome.Policies)
        {
            if (await ReadAsync(lifecycle, policy.Policy, cancellationToken) is { } standing)
                _all[(connection, policy.Policy)] = standing with { Brakes = policy.Brake is null ? 0 : 1 };
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var connection in connections.All)
                await LookAsync(connection, stoppingToken);
            await Task.Delay(s_look, home.Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(ServerConnection connection, CancellationToken stoppingToken)
    {
        try
        {
            await connection.OwnAsync(
                Caller.Scheduler.Subject,
                async lifecycle =>
                {
                    var policies = (await lifecycle.PoliciesAsync(Selection.All, stoppingToken)).ToDictionary(
                        p => p.Policy.Name,
                        p => p.Policy,
                        StringComparer.Ordinal
                    );
                    foreach (var key in _all.Keys.Where(k => k.Connection == connection.Name && !policies.ContainsKey(k.Policy)))
                        _all.TryRemove(key, out _);
                    var ledgers = await lifecycle.LedgersAsync(stoppingToken);
                    foreach (var (name, policy) in policies)
                    {
                        var standing = Read(policy, ledgers.GetValueOrDefault(name) ?? Ledger.Empty(""));
                        _all.AddOrUpdate((connection.Name, name), standing, (_, known) => standing with { Brakes = known.Brakes });
                    }

                    return 0;
                },
                stoppingToken
            );
        }
        catch (VarveException trouble)
        {
            // It is looked again; that a database cannot be read is a gauge of its own.
            log.WaitsUnread(connection.Name, trouble.Code, trouble.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    /// <summary>Null where the policy is gone by now.</summary>
    private static async Task<Standing?> ReadAsync(Lifecycle lifecycle, string policy, CancellationToken cancellationToken)
    {
        try
        {
            return Read(
                (await lifecycle.PolicyAsync(policy, cancellationToken)).Policy,
                await lifecycle.LedgerAsync(policy, cancellationToken)
            );
        }
        catch (PolicyException)
        {
            return null;
        }
    }

    private static Standing Read(Policy policy, Ledger ledger) =>
        new(
            policy
                .Tiers.Select(t => (Name: TierNames.Of(t), ledger.Of(RelationId.Of(t, policy)).Covered))
                .Where(t => !t.Covered.IsEmpty)
                .ToDictionary(t => t.Name, t => t.Covered.Last().To, StringComparer.Ordinal),
            ledger.Relations.Values.Sum(r => r.Halted.Count),
            0
        );

    /// <summary>What is known of one policy.</summary>
    private sealed record Standing(IReadOnlyDictionary<string, Instant> Covered, int Waits, int Brakes);
}
