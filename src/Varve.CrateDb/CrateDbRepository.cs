namespace Varve.CrateDb;

/// <summary>A place of a cluster for snapshots, as it is to be made. No member prints a secret.</summary>
public sealed class CrateDbRepository
{
    private static readonly Dictionary<string, string> s_needed = new(StringComparer.Ordinal)
    {
        ["fs"] = "location",
        ["s3"] = "bucket",
        ["azure"] = "container",
        ["gcs"] = "bucket",
    };

    private static readonly HashSet<string> s_secrets = ["access_key", "secret_key", "key", "sas_token", "private_key", "private_key_id"];

    /// <summary>Its name, by which policies name it: <c>archive: cold</c>.</summary>
    public required string Name { get; init; }

    /// <summary>fs, s3, azure or gcs.</summary>
    public required string Type { get; init; }

    /// <summary>What CrateDB's CREATE REPOSITORY says of the type, without secrets.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys and tokens, by the names that CrateDB has for them.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary>The types that there are.</summary>
    public static IReadOnlyList<string> Types => [.. s_needed.Keys];

    /// <summary>True for a setting that is never written where others read it.</summary>
    public static bool IsSecret(string setting) => s_secrets.Contains(setting);

    /// <summary>Why it cannot be made, with the way out; null where it can.</summary>
    public string? Objection()
    {
        if (!s_needed.TryGetValue(Type, out var needed))
            return $"{Type} is no type of a repository. There are {string.Join(", ", Types)}.";
        if (Name.Length == 0 || Name.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')))
            return $"A repository is named with small letters, digits, _ and -, not {Name}.";
        if (!Settings.ContainsKey(needed))
            return $"A repository of the type {Type} needs {needed}.";
        if (Settings.Keys.FirstOrDefault(IsSecret) is { } open)
            return $"{open} is a secret, and is not written where others read it. Say where it is.";
        return Secrets.Keys.FirstOrDefault(k => !IsSecret(k)) is { } plain
            ? $"{plain} is no secret. It is a setting like any other."
            : null;
    }
}

/// <summary>A repository that a cluster has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Settings">Its settings, secrets masked by the cluster.</param>
public sealed record CrateDbRepositoryState(string Name, string Type, IReadOnlyDictionary<string, string> Settings);
