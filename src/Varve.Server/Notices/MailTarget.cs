using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Varve.Server.Configuration;
using Varve.Time;

namespace Varve.Server.Notices;

/// <summary>Sends a notice as a mail.</summary>
internal sealed class MailTarget(MailSetting setting) : INoticeTarget
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public string Name => MailSetting.Name;

    public NoticeFilter Filter => setting.Filter;

    public async Task<string?> SendAsync(string id, Notice notice, string body, CancellationToken cancellationToken)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timed.CancelAfter(s_patience);
        try
        {
            using var message = Message(id, notice);
            using var client = new SmtpClient();
            var security =
                setting.Server.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect
                : setting.IsPlain ? SecureSocketOptions.None
                : SecureSocketOptions.StartTls;
            await client.ConnectAsync(setting.Server.Host, setting.Server.Port, security, timed.Token);
            if (setting.User is { } user)
                await client.AuthenticateAsync(user, setting.Password?.Resolve() ?? "", timed.Token);
            await client.SendAsync(message, timed.Token);
            await client.DisconnectAsync(quit: true, timed.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "the mail server did not answer in time";
        }
        catch (Exception refused)
            when (refused
                    is CommandException
                        or ProtocolException
                        or IOException
                        or System.Net.Sockets.SocketException
                        or AuthenticationException
                        or SslHandshakeException
                        or ServiceNotConnectedException
                        or VarveException
            )
        {
            return refused.Message.ReplaceLineEndings(" ");
        }
    }

    private MimeMessage Message(string id, Notice notice)
    {
        var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(setting.From));
        message.To.AddRange(setting.To.Select(MailboxAddress.Parse));
        message.Subject = $"Varve: {notice.Title}";
        message.MessageId = $"{id}@varve.invalid";
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Body = new TextPart("plain")
        {
            Text =
                $"{notice.Message}\n\n{string.Concat(Facts(notice).Where(f => f.Value is not null).Select(f => $"{f.Name,-12}{f.Value}\n"))}",
        };
        return message;
    }

    private static (string Name, string? Value)[] Facts(Notice notice) =>
        [
            ("kind", notice.Kind.ToString().ToLowerInvariant()),
            ("at", InstantText.Format(notice.At)),
            ("connection", notice.Connection),
            ("policy", notice.Policy),
            ("query", notice.Query),
            ("run", notice.Run),
            ("code", notice.Code),
        ];
}
