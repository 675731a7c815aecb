using Varve.Engines;

namespace Varve.Server.Configuration;

/// <summary>Whether every secret is where the configuration says, before anything is opened.</summary>
internal static class SecretCheck
{
    /// <exception cref="PolicyException">One is not; the message names the place, and never the secret.</exception>
    internal static void Check(ServeSettings settings)
    {
        Check("The home", settings.Home);
        foreach (var connection in settings.Connections)
            Check($"The connection {connection.Name}", connection.Url);
        foreach (var webhook in settings.Notify.Webhooks)
            Check($"The webhook {webhook.Name}", webhook.Secret);
        if (settings.Oidc?.Secret is { } client)
            Check("The provider of OpenID Connect", client);
        if (settings.Notify.Mail?.Password is { } password)
            Check("The mail server", password);
    }

    private static void Check(string what, SecretReference secret)
    {
        try
        {
            secret.Resolve();
        }
        catch (PolicyException missing)
        {
            throw new PolicyException(ServerCodes.NoSecret, $"{what}: {missing.Message}", missing);
        }
    }

    private static void Check(string what, DatabaseUrl url)
    {
        // A line of standard input is read once, by whoever opens the database.
        if (url.ToString().Contains("password_stdin=", StringComparison.Ordinal))
            throw new PolicyException(
                ServerCodes.NoSecret,
                $"{what}: a server opens a database often, and cannot read its password from standard input each time. Write password_env=NAME or password_file=PATH."
            );
        try
        {
            url.ResolvePassword();
        }
        catch (PolicyException missing)
        {
            throw new PolicyException(ServerCodes.NoSecret, $"{what}: {missing.Message}", missing);
        }
    }
}
