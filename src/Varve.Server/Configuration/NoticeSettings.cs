using Varve.Policies;
using Varve.Server.Notices;

namespace Varve.Server.Configuration;

/// <summary>Whom a server tells what happens.</summary>
/// <param name="Webhooks">By name.</param>
/// <param name="Mail">By mail; null for nobody.</param>
internal sealed record NoticeSettings(IReadOnlyList<WebhookSetting> Webhooks, MailSetting? Mail)
{
    internal static NoticeSettings None { get; } = new([], null);

    private static readonly string[] s_webhook = ["url", "secret_env", "secret_file", "on", "tenant"];

    private static readonly string[] s_mail = ["server", "password_env", "password_file", "from", "to", "on", "tenant", "plain"];

    /// <summary>What is under <c>notify</c>.</summary>
    internal static NoticeSettings Read(ConfigKeys file)
    {
        if (file.Under("notify", "webhooks", "email") is not { } notify)
            return None;
        List<WebhookSetting> webhooks = [];
        foreach (var (name, keys) in notify.Each("webhooks", s_webhook))
        {
            keys.Require("url", "such as https://hooks.example.org/varve");
            var (url, secret, filter) = (keys.Read("url", HttpAddress), SecretReference.Read(keys, "secret"), Filter(keys));
            if (secret is null)
                keys.Wrong(
                    null,
                    $"`notify.webhooks.{name}` has no secret: write `secret_env: NAME` or `secret_file: PATH`, by which the receiver knows that it was Varve."
                );
            if (url is not null && secret is not null)
                webhooks.Add(new(name, url, secret, filter));
        }

        return new(webhooks, notify.Under("email", s_mail) is { } mail ? ReadMail(mail) : null);
    }

    private static MailSetting? ReadMail(ConfigKeys keys)
    {
        keys.Require("server", "such as smtp://user@mail.example.org:587");
        keys.Require("from", "the address that mails come from");
        keys.Require("to", "a list of addresses");
        var (server, password, filter) = (keys.Read("server", MailAddress), SecretReference.Read(keys, "password"), Filter(keys));
        var (from, to, isPlain) = (keys.Read("from", Mailbox), keys.List("to", Mailbox), keys.Truth("plain"));
        if (server is null || from is null || to.Count == 0)
            return null;
        var user = server.UserInfo.Length > 0 ? Uri.UnescapeDataString(server.UserInfo) : null;
        if (user is not null && password is null)
            keys.Wrong("server", "`server` names a user, and there is no `password_env` or `password_file`.");
        if (isPlain && !server.IsLoopback && user is not null)
            keys.Wrong(
                "plain",
                "`plain: true` would send the password in clear text to another machine. Take it out: STARTTLS is used then."
            );
        return new(server, user, password, from, to, isPlain, filter);
    }

    private static NoticeFilter Filter(ConfigKeys keys)
    {
        var on = keys.List(
            "on",
            text =>
                Enum.TryParse<NoticeKind>(text, ignoreCase: true, out var kind) && NoticeFilter.Usual.Contains(kind)
                    ? kind
                    : throw ServeSettings.Wrong(
                        $"`on` has {text}. There are {Suggestions.Listed(NoticeFilter.Usual.Select(k => k.ToString().ToLowerInvariant()))}."
                    )
        );
        return new(on.Count == 0 ? NoticeFilter.Usual : on, keys.Read("tenant", ServeFile.Named));
    }

    private static Uri HttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw ServeSettings.Wrong($"\"{text}\" is no address. Write https://HOST/PATH.");

    private static Uri MailAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "smtp" or "smtps"
        && url.Host.Length > 0
        && !url.UserInfo.Contains(':', StringComparison.Ordinal)
            ? url.Port > 0
                ? url
                : new UriBuilder(url) { Port = url.Scheme == "smtps" ? 465 : 587 }.Uri
            : throw ServeSettings.Wrong(
                "This is no mail server, or has a password in it. Write smtp://user@mail.example.org:587, and where the password is: password_env or password_file."
            );

    private static string Mailbox(string text) =>
        MimeKit.MailboxAddress.TryParse(text, out var box) && box.Address.Contains('@', StringComparison.Ordinal)
            ? text
            : throw ServeSettings.Wrong($"\"{text}\" is no address of mail.");
}

/// <summary>A webhook as it is declared.</summary>
internal sealed record WebhookSetting(string Name, Uri Url, SecretReference Secret, NoticeFilter Filter);

/// <summary>Mail as it is declared.</summary>
/// <param name="Server">smtp:// with STARTTLS, or smtps://.</param>
/// <param name="User">The user; null: nobody signs in.</param>
/// <param name="Password">Where the password is.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The receivers.</param>
/// <param name="IsPlain">True: without TLS, as to a server on this machine.</param>
/// <param name="Filter">What is sent.</param>
internal sealed record MailSetting(
    Uri Server,
    string? User,
    SecretReference? Password,
    string From,
    IReadOnlyList<string> To,
    bool IsPlain,
    NoticeFilter Filter
)
{
    /// <summary>What it is called beside webhooks.</summary>
    internal const string Name = "email";
}
