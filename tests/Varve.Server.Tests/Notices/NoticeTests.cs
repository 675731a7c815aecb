using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Home;
using Varve.Server.Notices;
using Varve.Server.Tests.Scheduling;
using Varve.Time;

namespace Varve.Server.Tests.Notices;

/// <summary>Others are told once of what needs somebody, whatever answers in between; what never arrives is set aside.</summary>
public sealed class NoticeTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-notices-").FullName;
    private readonly SettableTime _clock = new(InstantText.Parse("2026-01-01T00:00Z"));
    private readonly HttpClient _client = new();
    private HomeDatabase _home = null!;
    private DeliveryTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _home = await HomeDatabase.OpenAsync(
            DatabaseUrl.Parse($"duckdb:{Path.Combine(_folder, "home.duckdb")}"),
            _clock,
            CancellationToken.None
        );
        _table = new(_home);
    }

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_told_is_signed_over_its_time_and_text()
    {
        await using var receiver = await Receiver.StartAsync();
        var service = await ToldAsync([Hook(receiver)], Failure());
        await service.SendDueAsync(default);
        await service.SendDueAsync(default);
        var (headers, body) = Assert.Single(receiver.Got);
        Assert.Equal("failed", headers["Varve-Event"]);
        Assert.StartsWith("d-", headers["Varve-Delivery"], StringComparison.Ordinal);
        var signed = $"{_clock.Now.ToUnixTimeSeconds()}.{body}";
        Assert.Equal(
            $"t={_clock.Now.ToUnixTimeSeconds()},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("a secret"), Encoding.UTF8.GetBytes(signed)))}",
            headers["Varve-Signature"]
        );
        var notice = JsonSerializer.Deserialize<JsonElement>(body);
        Assert.Equal(
            ("failed", "db", "cpu", "VRV401"),
            (
                notice.GetProperty("kind").GetString(),
                notice.GetProperty("connection").GetString(),
                notice.GetProperty("policy").GetString(),
                notice.GetProperty("code").GetString()
            )
        );
    }

    [Fact]
    public async Task What_does_not_arrive_is_tried_with_longer_rests_then_set_aside_and_tried_again_when_a_person_asks()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Status = 503;
        var service = await ToldAsync([Hook(receiver)], Failure());
        var tries = 0;
        for (var minutes = 0; minutes < 2 * 24 * 60; minutes++)
        {
            await service.SendDueAsync(default);
            if (receiver.Got.Count > tries)
                tries = receiver.Got.Count;
            if (await _table.DeadAsync(default) > 0)
                break;
            _clock.Now += Duration.FromMinutes(minutes < 5 ? 1 : 30);
        }

        Assert.Equal(DeliveryService.MostAttempts, tries);
        var dead = Assert.Single(await _table.ListAsync(Caller.AllTenants, DeliveryState.Dead, 10, default));
        Assert.Equal((DeliveryService.MostAttempts, "it answered 503"), (dead.Attempts, dead.Answer));
        Assert.Single(receiver.Got.Select(g => g.Headers["Varve-Delivery"]).Distinct());
        receiver.Status = 204;
        Assert.True(await _home.WriteAsync((s, token) => _table.ReviveAsync(s, dead.Id, _clock.Now, token), default));
        await service.SendDueAsync(default);
        Assert.Equal(DeliveryState.Delivered, (await _table.FindAsync(dead.Id, default))!.State);
        _clock.Now += Duration.FromDays(8);
        await _table.SweepAsync(_clock.Now - Duration.FromDays(7), default);
        Assert.Null(await _table.FindAsync(dead.Id, default));
    }

    [Fact]
    public async Task One_that_is_away_holds_up_no_other_and_each_is_told_what_it_asked_for()
    {
        await using var receiver = await Receiver.StartAsync();
        var away = new WebhookTarget("away", new(NoticeFilter.Usual, null), new("http://127.0.0.1:1/"), "s", _client, _clock);
        var others = new WebhookTarget("others", new(NoticeFilter.Usual, "other"), receiver.Url, "s", _client, _clock);
        var brakes = new WebhookTarget("brakes", new([NoticeKind.Braked], null), receiver.Url, "s", _client, _clock);
        var service = await ToldAsync(
            [away, others, brakes, Hook(receiver)],
            Failure(),
            Failure() with
            {
                Kind = NoticeKind.Braked,
            },
            Failure() with
            {
                Tenant = "other",
            }
        );
        await service.SendDueAsync(default);
        var all = await _table.ListAsync(Caller.AllTenants, null, 50, default);
        Assert.Equal(
            [("away", 3), ("brakes", 1), ("hook", 3), ("others", 1)],
            all.GroupBy(d => d.Target).Select(g => (g.Key, g.Count())).OrderBy(g => g.Key, StringComparer.Ordinal)
        );
        Assert.Equal(5, receiver.Got.Count);

        // One try tells that it is away; the two behind it wait for their turn.
        Assert.Equal([0, 0, 1], all.Where(d => d.Target == "away").Select(d => d.Attempts).Order());
    }

    [Fact]
    public async Task A_mail_says_what_happened_and_one_that_is_refused_is_tried_again()
    {
        await using var drop = new MailDrop { Answer = "451 later" };
        var mail = new MailTarget(
            new(
                drop.Url,
                null,
                null,
                "varve@example.org",
                ["ops@example.org", "ann@example.org"],
                IsPlain: true,
                new(NoticeFilter.Usual, null)
            )
        );
        var service = await ToldAsync([mail], Failure());
        await service.SendDueAsync(default);
        Assert.Contains(
            "later",
            Assert.Single(await _table.ListAsync("acme", DeliveryState.Waiting, 10, default)).Answer,
            StringComparison.Ordinal
        );
        drop.Answer = "250 taken";
        _clock.Now += Duration.FromMinutes(1);
        await service.SendDueAsync(default);
        Assert.Single(await _table.ListAsync("acme", DeliveryState.Delivered, 10, default));
        var text = drop.Got.Last();
        Assert.Contains("Subject: Varve: db/cpu failed", text, StringComparison.Ordinal);
        Assert.Contains("To: ops@example.org, ann@example.org", text, StringComparison.Ordinal);
        Assert.Contains("the table is gone", text, StringComparison.Ordinal);
        Assert.Contains("code        VRV401", text, StringComparison.Ordinal);
    }

    /// <summary>Through the whole server: a run that is braked tells, and an administrator sees what was told, of their tenant.</summary>
    [Fact]
    public async Task A_braked_run_is_told_by_the_server_itself()
    {
        await using var receiver = await Receiver.StartAsync();
        var secret = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(secret, "shared\n");
        await using var served = new ServedDatabase
        {
            Notify = new([new("ops", receiver.Url, new(null, secret), new(NoticeFilter.Usual, null))], null),
        };
        await served.InitializeAsync();
        using var admin = served.Client(Role.Admin);
        var run = await served.RunAsync(admin, new { policies = new[] { "cpu" } });
        Assert.Equal("braked", run.GetProperty("state").GetString());
        using var all = served.Client(Role.Admin, Caller.AllTenants);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostAsync("api/v1/targets/ops/try", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await all.PostAsync("api/v1/targets/ops/try", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await all.PostAsync("api/v1/targets/nobody/try", null)).StatusCode);
        await ServedDatabase.UntilAsync(() => Task.FromResult(receiver.Got.Count), count => count >= 2);
        Assert.Equal(["braked", "test"], receiver.Got.Select(g => g.Headers["Varve-Event"]).Order());
        var seen = await ServedDatabase.UntilAsync(
            async () => (await ServedDatabase.JsonAsync(await admin.GetAsync("api/v1/deliveries"))).GetProperty("deliveries"),
            s => s[0].GetProperty("state").GetString() != "waiting"
        );
        var delivery = Assert.Single(seen.EnumerateArray());
        Assert.Equal(
            ("delivered", run.GetProperty("id").GetString()),
            (delivery.GetProperty("state").GetString(), delivery.GetProperty("notice").GetProperty("run").GetString())
        );
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await admin.PostAsync($"api/v1/deliveries/{delivery.GetProperty("id").GetString()}/retry", null)).StatusCode
        );
        Assert.Matches(
            "^cpu: [0-9,]+ rows wait for a person's word before they go, because .*--confirm [0-9a-f]+$",
            delivery.GetProperty("notice").GetProperty("message").GetString()
        );
        foreach (var (words, count) in new[] { ("delivered", 1), ("Delivered", 1), ("dead", 0) })
            Assert.Equal(
                count,
                (await ServedDatabase.JsonAsync(await admin.GetAsync($"api/v1/deliveries?state={words}")))
                    .GetProperty("deliveries")
                    .GetArrayLength()
            );
        var unknown = await ServedDatabase.JsonAsync(await admin.GetAsync("api/v1/deliveries?state=lost"));
        Assert.Equal("`state`: there is no lost. There are waiting, delivered, dead.", unknown.GetProperty("detail").GetString());
        using var theirs = served.Client(Role.Admin, "other");
        Assert.DoesNotContain("metrics", await theirs.GetStringAsync("api/v1/deliveries"), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await theirs.PostAsync($"api/v1/deliveries/{delivery.GetProperty("id").GetString()}/retry", null)).StatusCode
        );
    }

    [Theory]
    [InlineData("webhooks: { a: { url: \"ftp://x\", secret_env: S } }", "is no address")]
    [InlineData("webhooks: { a: { url: \"https://x/\" } }", "has no secret")]
    [InlineData(
        "webhooks: { a: { url: \"https://x/\", secret_env: S, on: [succeeded] } }",
        "There are `failed`, `halted`, `braked`, `overdue`, `missed`"
    )]
    [InlineData("email: { server: \"smtp://ann:secret@x\", from: a@b.c, to: [a@b.c] }", "has a password in it")]
    [InlineData("email: { server: \"smtp://ann@x\", from: a@b.c, to: [a@b.c] }", "there is no `password_env`")]
    [InlineData("email: { server: \"smtp://x\", from: nobody, to: [a@b.c] }", "is no address of mail")]
    [InlineData("email: { server: \"smtp://x\", from: a@b.c }", "has no `to`")]
    [InlineData(
        "email: { server: \"smtp://ann@mail.example.org\", password_env: P, plain: true, from: a@b.c, to: [a@b.c] }",
        "in clear text"
    )]
    public void What_cannot_be_told_is_said_with_its_place(string notify, string says)
    {
        var file = Path.Combine(_folder, "serve.yaml");
        File.WriteAllText(file, $"notify:\n  {notify}\n");
        var problem = Assert.Single(
            Assert.Throws<PolicyException>(() => ServeFile.Read(file, null, null, new Dictionary<string, string>())).Problems
        );
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal(2, problem.Position!.Line);
        Assert.DoesNotContain("ann:secret", problem.Message, StringComparison.Ordinal);
    }

    private static Notice Failure() =>
        new(
            "n-1",
            NoticeKind.Failed,
            InstantText.Parse("2026-01-01T00:00Z"),
            "acme",
            "db",
            "cpu",
            null,
            "s-1",
            "VRV401",
            "the table is gone"
        );

    private WebhookTarget Hook(Receiver receiver) => new("hook", new(NoticeFilter.Usual, null), receiver.Url, "a secret", _client, _clock);

    private async Task<DeliveryService> ToldAsync(IReadOnlyList<INoticeTarget> targets, params IReadOnlyList<Notice> notices)
    {
        var board = new NoticeBoard(_table, targets, _ => "acme");
        foreach (var notice in notices)
        {
            await _home.WriteAsync(
                async (statements, token) =>
                {
                    await board.AddAsync(statements, notice, token);
                    return 0;
                },
                default
            );
        }

        return new(board, _table, _home, new(_home, TimeSpan.FromMinutes(1)), NullLogger<DeliveryService>.Instance);
    }
}
