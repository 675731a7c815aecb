using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Engines;
using Varve.Server.Access;
using Varve.Sql;
using Varve.Time;

namespace Varve.Server.Home;

/// <summary>
/// What was changed through the server, by whom and how they were known: append-only, each entry with the hash of the one
/// before. What runs did to tables is in the audit logs of their own databases.
/// </summary>
internal sealed class ServerAudit(HomeDatabase home)
{
    internal static readonly string Genesis = new('0', 64);

    /// <summary>Appends an entry in the transaction of what it tells.</summary>
    public Task AppendAsync(
        IStatements statements,
        Caller caller,
        string action,
        string? target,
        JsonObject detail,
        CancellationToken cancellationToken
    ) => AppendAsync(statements, [new(caller, action, target, detail)], cancellationToken);

    /// <summary>Appends entries in the transaction of what they tell, with few statements, however many they are.</summary>
    public async Task AppendAsync(IStatements statements, IReadOnlyCollection<AuditWord> words, CancellationToken cancellationToken)
    {
        if (words.Count == 0)
            return;
        var newest = await statements.QueryAsync($"SELECT seq, hash FROM {HomeTables.Audit} ORDER BY seq DESC LIMIT 1", cancellationToken);
        var (seq, previous) = newest.Count == 0 ? (1, Genesis) : (newest[0].Long(0) + 1, newest[0].Text(1));
        var at = HomeTime.At(HomeTime.From(home.Now()));
        List<ServerAuditEntry> entries = [];
        foreach (var (caller, action, target, detail) in words)
        {
            var entry = new ServerAuditEntry(
                seq++,
                at,
                caller.Subject,
                caller.Method,
                caller.Tenant,
                action,
                target,
                detail.ToJsonString(),
                previous,
                ""
            );
            entries.Add(entry with { Hash = previous = Hash(entry) });
        }

        foreach (var some in entries.Chunk(HomeTables.MostRows))
        {
            await statements.ExecuteAsync(
                $"""
                INSERT INTO {HomeTables.Audit} (seq, at_us, subject, method, tenant, action, target, detail, previous_hash, hash)
                VALUES {SqlText.Join(", ", some.Select(Values))}
                """,
                cancellationToken
            );
        }
    }

    public Task AppendAsync(Caller caller, string action, string? target, JsonObject detail, CancellationToken cancellationToken) =>
        home.WriteAsync(
            async (statements, token) =>
            {
                await AppendAsync(statements, caller, action, target, detail, token);
                return 0;
            },
            cancellationToken
        );

    /// <summary>The newest entries of a tenant, newest first; <see cref="Caller.AllTenants"/>: of all.</summary>
    public async Task<IReadOnlyList<ServerAuditEntry>> ListAsync(
        string tenant,
        long? before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Read(
            await home.QueryAsync(
                $"""
                SELECT seq, at_us, subject, method, tenant, action, target, detail, previous_hash, hash FROM {HomeTables.Audit}
                WHERE ({tenant} = {Caller.AllTenants} OR tenant = {tenant}) AND seq < {before
                    ?? long.MaxValue} ORDER BY seq DESC LIMIT {(long)limit}
                """,
                cancellationToken
            )
        );

    /// <summary>The newest entry; null for an empty log.</summary>
    public async Task<ServerAuditEntry?> HeadAsync(CancellationToken cancellationToken) =>
        (await ListAsync(Caller.AllTenants, null, 1, cancellationToken)).FirstOrDefault();

    /// <summary>
    /// Walks the chain: one line for each entry that was altered, removed or inserted, and for each that was anchored and is
    /// another now.
    /// </summary>
    public async Task<AuditVerdictShape> VerifyAsync(IReadOnlyList<Anchor> anchors, CancellationToken cancellationToken)
    {
        List<string> findings = [];
        var (previous, expected) = (Genesis, 1L);
        var entries = Read(
            await home.QueryAsync(
                $"SELECT seq, at_us, subject, method, tenant, action, target, detail, previous_hash, hash FROM {HomeTables.Audit} ORDER BY seq",
                cancellationToken
            )
        );
        foreach (var entry in entries)
        {
            if (entry.Seq > expected)
                findings.Add(FormattableString.Invariant($"entries {expected} to {entry.Seq - 1} are missing"));
            if (entry.Seq < expected)
                findings.Add(FormattableString.Invariant($"entry {entry.Seq} stands there twice"));
            if (entry.PreviousHash != previous)
                findings.Add(FormattableString.Invariant($"entry {entry.Seq} does not follow the one before it"));
            if (Hash(entry) != entry.Hash)
                findings.Add(FormattableString.Invariant($"entry {entry.Seq} was altered"));
            (previous, expected) = (entry.Hash, entry.Seq + 1);
        }

        foreach (var anchor in anchors)
        {
            // A chain that was made anew from some entry on holds in itself: only what was written elsewhere shows that.
            var entry = entries.FirstOrDefault(e => e.Seq == anchor.Entries);
            if (entry is null)
                findings.Add(
                    FormattableString.Invariant(
                        $"the log is shorter than it was at {InstantText.Format(anchor.At)}: it had {anchor.Entries} entries"
                    )
                );
            else if (entry.Hash != anchor.Head)
                findings.Add(
                    FormattableString.Invariant(
                        $"entry {anchor.Entries} is not the one that was anchored at {InstantText.Format(anchor.At)}: the chain was made anew"
                    )
                );
        }

        return new(findings.Count == 0, entries.Count, previous, findings);
    }

    private static SqlText Values(ServerAuditEntry entry) =>
        $"({entry.Seq}, {HomeTime.From(entry.At)}, {entry.Subject}, {entry.Method}, {entry.Tenant}, {entry.Action}, {entry.Target}, {entry.Detail}, {entry.PreviousHash}, {entry.Hash})";

    private static IReadOnlyList<ServerAuditEntry> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new ServerAuditEntry(
                r.Long(0),
                HomeTime.At(r.Long(1)),
                r.Text(2),
                r.Text(3),
                r.Text(4),
                r.Text(5),
                r.TextOrNull(6),
                r.Text(7),
                r.Text(8),
                r.Text(9)
            )),
        ];

    /// <summary>Over the facts as they are stored, each with its length, so that nothing can move from one to the next.</summary>
    private static string Hash(ServerAuditEntry entry)
    {
        var text = new StringBuilder();
        foreach (
            var part in new[]
            {
                entry.PreviousHash,
                Number(entry.Seq),
                InstantText.Format(entry.At),
                entry.Subject,
                entry.Method,
                entry.Tenant,
                entry.Action,
                entry.Target,
                entry.Detail,
            }
        )
            text.Append(part is null ? "-" : Number(part.Length)).Append(':').Append(part).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What is to be written down.</summary>
/// <param name="Caller">Who did it.</param>
/// <param name="Action">What was done.</param>
/// <param name="Target">To what.</param>
/// <param name="Detail">The facts.</param>
internal sealed record AuditWord(Caller Caller, string Action, string? Target, JsonObject Detail);

/// <summary>One line of the server's log.</summary>
/// <param name="Seq">Gapless, from 1 on.</param>
/// <param name="At">When.</param>
/// <param name="Subject">Who.</param>
/// <param name="Method">How they were known: token, login, schedule.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Action">What was done: policy.applied, run.asked, schedule.paused, token.created, ….</param>
/// <param name="Target">To what.</param>
/// <param name="Detail">The facts, as JSON.</param>
/// <param name="PreviousHash">Hash of the entry before.</param>
/// <param name="Hash">SHA-256 over all of the above.</param>
internal sealed record ServerAuditEntry(
    long Seq,
    Instant At,
    string Subject,
    string Method,
    string Tenant,
    string Action,
    string? Target,
    string Detail,
    string PreviousHash,
    string Hash
);
