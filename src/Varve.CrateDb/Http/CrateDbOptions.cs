using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>How to reach a cluster. A class and no record, so that nothing prints it with its secrets.</summary>
internal sealed class CrateDbOptions
{
    /// <summary>The servers, in the order in which they are tried.</summary>
    public required IReadOnlyList<DatabaseHost> Hosts { get; init; }

    /// <summary>Who asks.</summary>
    public Credential Credential { get; init; } = new Credential.Nobody();

    /// <summary>The schema of names that are written without one; null: the server's default, doc.</summary>
    public string? Schema { get; init; }

    /// <summary>True: TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>False: whoever answers is believed. For tests of one's own.</summary>
    public bool VerifiesServer { get; init; } = true;

    /// <summary>A file with the certificates of the authorities that are believed instead of the system's; null: the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>How long a host may take to accept a connection and to answer its first, trivial statement.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement may take until its answer begins, and between two parts of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The first pause before a statement that may be repeated is sent again; doubled each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The clock of pauses and time limits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What the cluster is called in messages; holds no secret.</summary>
    public string Name => $"cratedb://{string.Join(',', Hosts.Select(h => h.Text))}";

    /// <summary>True where a secret would cross a network in the clear.</summary>
    public bool IsClear => !Tls && Credential.Secrets.Count > 0 && Hosts.Any(h => h.Name is not ("localhost" or "127.0.0.1" or "::1"));

    /// <summary>Takes the secrets out of a text.</summary>
    public Redactor Redactor => new(Credential.Secrets);
}
