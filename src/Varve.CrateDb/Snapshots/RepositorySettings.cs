namespace Varve.CrateDb.Snapshots;

/// <summary>What the settings of a repository say, as the catalog has them.</summary>
internal static class RepositorySettings
{
    /// <summary>True where it takes no snapshot, as text or as a truth value.</summary>
    public static bool IsReadOnly(object? settings) =>
        settings is IReadOnlyDictionary<string, object?> said
        && said.GetValueOrDefault("readonly") is { } value
        && (value is true || (value is string text && text.Equals("true", StringComparison.OrdinalIgnoreCase)));
}
