using System.Security.Cryptography;
using Varve.Server.Connections;
using Varve.Server.Scheduling;

namespace Varve.Server.Configuration;

/// <summary>
/// Follows the configuration file. Connections come, go and change at once; what else changed is named, and takes a restart.
/// A file with a mistake changes nothing: the one before it stays in force, and that is said.
/// </summary>
internal sealed class Reloading(
    ServeSettings settings,
    ConnectionSet connections,
    SchedulerService scheduler,
    Quotas.TenantQuotas quotas,
    ILogger<Reloading> log
) : BackgroundService
{
    // Folders that are mounted tell nobody of a change: the file is read again.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private ServeSettings? _inForce;

    /// <summary>What is wrong with the file as it is now; null where it is in force.</summary>
    public string? Trouble { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings is not { Again: not null, File: { } file })
            return;
        var seen = await HashAsync(file, stoppingToken);
        using var timer = new PeriodicTimer(s_look);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var hash = await HashAsync(file, stoppingToken);
            if (hash == seen)
                continue;
            if (await TakeAsync(stoppingToken))
                seen = hash;
        }
    }

    /// <summary>Takes up the file as it is now; false where that is to be tried again.</summary>
    private async Task<bool> TakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            var read = settings.Again!();
            SecretCheck.Check(read);
            connections.Declare(read.Connections);
            quotas.Declare(read.Quotas);
            await scheduler.SyncAsync(stoppingToken);
            foreach (var key in Restarting(_inForce ?? settings, read))
                log.NeedsRestart(key);
            log.ConfigurationTaken(read.Connections.Count);
            (_inForce, Trouble) = (read, null);
            return true;
        }
        catch (PolicyException mistake)
        {
            log.ConfigurationMistaken(mistake.Message);
            Trouble = mistake.Message;
            return true;
        }
        catch (EngineException away)
        {
            // The home is away: what it saved of connections cannot be read, so nothing is changed yet.
            log.ConfigurationWaits(away.Message);
            return false;
        }
    }

    /// <summary>The keys whose change takes a restart.</summary>
    private static IEnumerable<string> Restarting(ServeSettings before, ServeSettings after)
    {
        if (after.Listen != before.Listen)
            yield return "listen";
        if (!after.Home.IsSame(before.Home))
            yield return "home";
        if (after.RunsAtOnce != before.RunsAtOnce)
            yield return "runs_at_once";
        if (after.TakeOver != before.TakeOver)
            yield return "takeover_seconds";
        if (!after.TrustedProxies.SequenceEqual(before.TrustedProxies))
            yield return "trusted_proxies";
        if (after.BasePath != before.BasePath)
            yield return "base_path";
        if (after.Certificate != before.Certificate)
            yield return "certificate";
        if (after.CertificateKey != before.CertificateKey)
            yield return "certificate_key";
        if (after.Otlp != before.Otlp)
            yield return "otlp";
        if (ServerJson.Write(after.Notify) != ServerJson.Write(before.Notify))
            yield return "notify";
        if (ServerJson.Write(after.Oidc) != ServerJson.Write(before.Oidc))
            yield return "oidc";
    }

    /// <summary>What the file holds; empty where it is not there at this moment.</summary>
    private static async Task<string> HashAsync(string file, CancellationToken stoppingToken)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file, stoppingToken)));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
