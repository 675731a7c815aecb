using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Engines;
using Varve.Sql;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// The append-only log: gapless numbers, and in each entry the hash of the one before, so that what was altered, removed
/// or inserted inside shows. SHA-256, or HMAC-SHA-256 where a key is given.
/// </summary>
internal sealed class AuditLog(CatalogTables tables, string? key, bool isAtomic = true)
{
    private const int ShortestHead = 8;

    private static readonly long s_first = Micros.From(Instant.MinValue + Duration.Epsilon);
    private static readonly long s_last = Micros.From(Instant.MaxValue - Duration.Epsilon);

    // The entry that was read or appended here last, where nothing takes it back.
    private OwnEntry? _own;

    /// <summary>The hash before the first entry.</summary>
    public static readonly string Genesis = new('0', 64);

    /// <summary>Appends an entry in a transaction, which should be short where others append to the same log; the new head.</summary>
    public async Task<string> AppendAsync(
        IStatements statements,
        AuditActor actor,
        Instant at,
        string action,
        string? policy,
        JsonObject detail,
        CancellationToken cancellationToken
    )
    {
        // Where each statement is done by itself, who was first is told by the number, which nobody can take twice.
        if (Interlocked.Exchange(ref _own, null) is { } own)
        {
            try
            {
                return await AppendAsync(statements, own.Seq + 1, own.Hash, actor, at, action, policy, detail, cancellationToken);
            }
            catch (EngineException error) when (error.Code == EngineCodes.Constraint)
            {
                // Somebody else appended since.
            }
        }

        var (last, previous) = await NewestAsync(statements, cancellationToken);
        return await AppendAsync(statements, last + 1, previous, actor, at, action, policy, detail, cancellationToken);
    }

    private async Task<string> AppendAsync(
        IStatements statements,
        long seq,
        string previous,
        AuditActor actor,
        Instant at,
        string action,
        string? policy,
        JsonObject detail,
        CancellationToken cancellationToken
    )
    {
        var entry = new AuditEntry(seq, at, actor.User, actor.SystemUser, actor.Host, action, policy, detail, previous, "");
        entry = entry with { Hash = Hash(entry, detail.ToJsonString()) };
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {tables.Audit} (seq, at_us, actor, system_user, host, action, policy, detail, previous_hash, hash)
            VALUES ({seq}, {Micros.From(
                at
            )}, {actor.User}, {actor.SystemUser}, {actor.Host}, {action}, {policy}, {detail.ToJsonString()}, {entry.PreviousHash}, {entry.Hash})
            """,
            cancellationToken
        );
        if (!isAtomic)
            _own = new(seq, entry.Hash);
        return entry.Hash;
    }

    private sealed record OwnEntry(long Seq, string Hash);

    /// <summary>The question that <see cref="ForeseeAsync"/> asks.</summary>
    public RowQuery Newest { get; } =
        new(
            $"SELECT seq, hash FROM {tables.Audit} ORDER BY seq DESC LIMIT 1",
            [$"SELECT seq FROM {tables.Audit} ORDER BY seq DESC LIMIT 1", $"SELECT hash FROM {tables.Audit} ORDER BY seq DESC LIMIT 1"]
        );

    /// <summary>
    /// Reads the newest entry for what is appended next, where each statement is done by itself: if somebody else appends
    /// meanwhile, the number says so, and it is read again.
    /// </summary>
    public async Task ForeseeAsync(IStatements statements, CancellationToken cancellationToken)
    {
        if (isAtomic || _own is not null)
            return;
        var (last, hash) = await NewestAsync(statements, cancellationToken);
        _own = new(last, hash);
    }

    /// <summary>The same of what was answered to the values of <see cref="Newest"/>.</summary>
    public void Foresee(Row answer, int first)
    {
        if (!isAtomic)
            _own = answer.IsNull(first) ? new(0, Genesis) : new(answer.Long(first), answer.Text(first + 1));
    }

    private async Task<(long Last, string Hash)> NewestAsync(IStatements statements, CancellationToken cancellationToken) =>
        await statements.QueryAsync(Newest.Query, cancellationToken) is [var row] && !row.IsNull(0)
            ? (row.Long(0), row.Text(1))
            : (0, Genesis);

    /// <summary>The hash of the newest entry.</summary>
    public async Task<string> HeadAsync(IStatements statements, CancellationToken cancellationToken)
    {
        var newest = await statements.QueryAsync($"SELECT hash FROM {tables.Audit} ORDER BY seq DESC LIMIT 1", cancellationToken);
        return newest.Count == 0 ? Genesis : newest[0].Text(0);
    }

    /// <summary>Whether an entry has a hash that begins so; the hash before the first one is always there.</summary>
    /// <exception cref="PolicyException">It is no hash, or too little of one.</exception>
    public async Task<bool> HasAsync(IStatements statements, string head, CancellationToken cancellationToken)
    {
        var begins = Beginning(head);
        return Genesis.StartsWith(begins, StringComparison.Ordinal)
            || (
                await statements.QueryAsync(
                    $"SELECT count(*) FROM {tables.Audit} WHERE substr(hash, 1, {(long)begins.Length}) = {begins}",
                    cancellationToken
                )
            )[0]
                .Long(0) > 0;
    }

    /// <summary>Whether there is an entry of some facts.</summary>
    public async Task<bool> HasAsync(
        IStatements statements,
        string policy,
        string action,
        string facts,
        CancellationToken cancellationToken
    ) =>
        (
            await statements.QueryAsync(
                $"SELECT count(*) FROM {tables.Audit} WHERE policy = {policy} AND action = {action} AND detail = {facts}",
                cancellationToken
            )
        )[0]
            .Long(0) > 0;

    /// <summary>The newest entries, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(IStatements statements, int limit, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(statements, limit, cancellationToken)).Select(e => e.Entry)];

    /// <summary>Walks the chain; a head that was noted elsewhere, or its beginning, shows a tail that was cut off.</summary>
    /// <exception cref="PolicyException">The head is no hash, or too little of one.</exception>
    public async Task<AuditVerdict> VerifyAsync(IStatements statements, string? head, CancellationToken cancellationToken)
    {
        var begins = head is null ? Genesis : Beginning(head);
        var entries = (await ReadAsync(statements, int.MaxValue, cancellationToken)).Reverse().ToList();
        List<string> findings = [];
        var previous = Genesis;
        var expected = 1L;
        foreach (var (entry, detail) in entries)
        {
            if (entry.Seq > expected)
                findings.Add(FormattableString.Invariant($"entries {expected} to {entry.Seq - 1} are missing"));
            if (entry.Seq < expected)
                findings.Add(FormattableString.Invariant($"entry {entry.Seq} stands there twice"));
            if (entry.PreviousHash != previous)
                findings.Add(FormattableString.Invariant($"entry {entry.Seq} does not follow the one before it"));
            if (Hash(entry, detail) != entry.Hash)
                findings.Add(FormattableString.Invariant($"entry {entry.Seq} was altered, or another key was used"));
            previous = entry.Hash;
            expected = entry.Seq + 1;
        }

        if (entries.Count == 0 && await IsUsedAsync(statements, cancellationToken))
            findings.Add("it is empty, and the catalog has policies or runs: all of its entries were removed");
        if (
            !Genesis.StartsWith(begins, StringComparison.Ordinal)
            && !entries.Exists(e => e.Entry.Hash.StartsWith(begins, StringComparison.Ordinal))
        )
            findings.Add($"no entry has the hash {head}: the end of the log was cut off, or it is another log");
        return new(entries.Count, previous, findings);
    }

    // Whatever stores a policy or ends a run appends an entry with it.
    private async Task<bool> IsUsedAsync(IStatements statements, CancellationToken cancellationToken) =>
        (
            await statements.QueryAsync(
                $"SELECT (SELECT count(*) FROM {tables.Policies}) + (SELECT count(*) FROM {tables.Runs})",
                cancellationToken
            )
        )[0]
            .Long(0) > 0;

    private static string Beginning(string head) =>
        head.Length is >= ShortestHead and <= 64 && head.All(char.IsAsciiHexDigit)
            ? head.ToLowerInvariant()
            : throw new PolicyException(
                WorkCodes.NoHead,
                FormattableString.Invariant(
                    $"A head of the audit log has 64 hexadecimal digits, and '{head}' is none. Write the one that a run or varve audit --verify printed, or at least its first {ShortestHead} digits."
                )
            );

    private async Task<IReadOnlyList<(AuditEntry Entry, string Detail)>> ReadAsync(
        IStatements statements,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await statements.QueryAsync(
            $"SELECT seq, at_us, actor, system_user, host, action, policy, detail, previous_hash, hash FROM {tables.Audit} ORDER BY seq DESC LIMIT {(long)limit}",
            cancellationToken
        );
        return
        [
            .. rows.Select(r =>
                (
                    new AuditEntry(
                        r.Long(0),
                        At(r.Long(1)),
                        r.Text(2),
                        r.Text(3),
                        r.Text(4),
                        r.Text(5),
                        r.TextOrNull(6),
                        Parse(r.Text(7)),
                        r.Text(8),
                        r.Text(9)
                    ),
                    r.Text(7)
                )
            ),
        ];
    }

    // An instant that no entry can have, which somebody wrote there, is shown as an end of time; the hash does not agree with that.
    private static Instant At(long micros) =>
        Micros.ToInstant(
            micros < s_first ? long.MinValue
            : micros > s_last ? long.MaxValue
            : micros
        );

    /// <summary>Over the facts as they are stored, each with its length, so that nothing can move from one to the next.</summary>
    private string Hash(AuditEntry entry, string detail)
    {
        var text = new StringBuilder();
        foreach (
            var part in new[]
            {
                entry.PreviousHash,
                Number(entry.Seq),
                Number(Micros.From(entry.At)),
                entry.Actor,
                entry.SystemUser,
                entry.Host,
                entry.Action,
                entry.Policy,
                detail,
            }
        )
            text.Append(part is null ? "-" : Number(part.Length)).Append(':').Append(part).Append('\n');
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return Convert.ToHexStringLower(key is null ? SHA256.HashData(bytes) : HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), bytes));
    }

    /// <summary>A detail that was altered until it is no JSON still has to be shown.</summary>
    private static JsonObject Parse(string detail)
    {
        try
        {
            return JsonNode.Parse(detail) is JsonObject facts && facts.Count >= 0 ? facts : new JsonObject { ["text"] = detail };
        }
        catch (Exception broken) when (broken is System.Text.Json.JsonException or ArgumentException)
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
