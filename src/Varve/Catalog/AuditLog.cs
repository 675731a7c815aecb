using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Engines;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// The append-only log: gapless numbers, and in each entry the hash of the one before, so that what was altered, removed
/// or inserted inside shows. SHA-256, or HMAC-SHA-256 where a key is given.
/// </summary>
internal sealed class AuditLog(CatalogTables tables, string? key)
{
    /// <summary>The hash before the first entry.</summary>
    public static readonly string Genesis = new('0', 64);

    /// <summary>Appends an entry in the transaction of what it tells; the new head.</summary>
    public async Task<string> AppendAsync(IStatements statements, AuditActor actor, Instant at, string action, string? policy, JsonObject detail, CancellationToken cancellationToken)
    {
        var newest = await statements.QueryAsync($"SELECT seq, hash FROM {tables.Audit} ORDER BY seq DESC LIMIT 1", cancellationToken);
        var seq = newest.Count == 0 ? 1 : newest[0].Long(0) + 1;
        var entry = new AuditEntry(seq, at, actor.User, actor.SystemUser, actor.Host, action, policy, detail, newest.Count == 0 ? Genesis : newest[0].Text(1), "");
        entry = entry with { Hash = Hash(entry, detail.ToJsonString()) };
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Audit} (seq, at_us, actor, system_user, host, action, policy, detail, previous_hash, hash)
            VALUES ({seq}, {Micros.From(at)}, {actor.User}, {actor.SystemUser}, {actor.Host}, {action}, {policy}, {detail.ToJsonString()}, {entry.PreviousHash}, {entry.Hash})
            """,
            cancellationToken);
        return entry.Hash;
    }

    /// <summary>The hash of the newest entry.</summary>
    public async Task<string> HeadAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var newest = await statements.QueryAsync($"SELECT hash FROM {tables.Audit} ORDER BY seq DESC LIMIT 1", cancellationToken);
        return newest.Count == 0 ? Genesis : newest[0].Text(0);
    }

    /// <summary>Whether an entry has that hash; the hash before the first one is always there.</summary>
    public async Task<bool> HasAsync(IStatements statements, string hash, CancellationToken cancellationToken) =>
        hash == Genesis || (await statements.QueryAsync($"SELECT count(*) FROM {tables.Audit} WHERE hash = {hash}", cancellationToken))[0].Long(0) > 0;

    /// <summary>The newest entries, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(IStatements statements, int limit, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(statements, limit, cancellationToken)).Select(e => e.Entry)];

    /// <summary>Walks the chain; a head that was noted elsewhere shows a tail that was cut off.</summary>
    public async Task<AuditVerdict> VerifyAsync(IStatements statements, string? head, CancellationToken cancellationToken)
    {
        var entries = (await ReadAsync(statements, int.MaxValue, cancellationToken)).Reverse().ToList();
        List<string> findings = [];
        var previous = Genesis;
        var expected = 1L;
        foreach (var (entry, detail) in entries)
        {
            if (entry.Seq > expected) findings.Add(FormattableString.Invariant($"entries {expected} to {entry.Seq - 1} are missing"));
            if (entry.Seq < expected) findings.Add(FormattableString.Invariant($"entry {entry.Seq} stands there twice"));
            if (entry.PreviousHash != previous) findings.Add(FormattableString.Invariant($"entry {entry.Seq} does not follow the one before it"));
            if (Hash(entry, detail) != entry.Hash) findings.Add(FormattableString.Invariant($"entry {entry.Seq} was altered, or another key was used"));
            previous = entry.Hash;
            expected = entry.Seq + 1;
        }

        if (head is not null && !entries.Exists(e => e.Entry.Hash == head) && head != Genesis)
            findings.Add($"no entry has the hash {head}: the end of the log was cut off, or it is another log");
        return new(entries.Count, previous, findings);
    }

    private async Task<IReadOnlyList<(AuditEntry Entry, string Detail)>> ReadAsync(IStatements statements, int limit, CancellationToken cancellationToken)
    {
        var rows = await statements.QueryAsync(
            $"SELECT seq, at_us, actor, system_user, host, action, policy, detail, previous_hash, hash FROM {tables.Audit} ORDER BY seq DESC LIMIT {(long)limit}", cancellationToken);
        return
        [
            .. rows.Select(r => (new AuditEntry(
                r.Long(0), Micros.ToInstant(r.Long(1)), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.TextOrNull(6), Parse(r.Text(7)), r.Text(8), r.Text(9)), r.Text(7))),
        ];
    }

    /// <summary>Over the facts as they are stored, each with its length, so that nothing can move from one to the next.</summary>
    private string Hash(AuditEntry entry, string detail)
    {
        var text = new StringBuilder();
        foreach (var part in new[] { entry.PreviousHash, Number(entry.Seq), Number(Micros.From(entry.At)), entry.Actor, entry.SystemUser, entry.Host, entry.Action, entry.Policy, detail })
            text.Append(part is null ? "-" : Number(part.Length)).Append(':').Append(part).Append('\n');
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return Convert.ToHexStringLower(key is null ? SHA256.HashData(bytes) : HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), bytes));
    }

    /// <summary>A detail that was altered until it is no JSON still has to be shown.</summary>
    private static JsonObject Parse(string detail)
    {
        try
        {
            return JsonNode.Parse(detail) as JsonObject ?? new JsonObject { ["text"] = detail };
        }
        catch (System.Text.Json.JsonException)
        {
            return new JsonObject { ["text"] = detail };
        }
    }

    private static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Who acts.</summary>
/// <param name="User">The database user.</param>
/// <param name="SystemUser">The user of the operating system, as reported.</param>
/// <param name="Host">The machine, as reported.</param>
internal sealed record AuditActor(string User, string SystemUser, string Host);
