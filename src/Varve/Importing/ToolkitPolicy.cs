using System.Text.Json;
using Varve.Policies;

namespace Varve.Importing;

/// <summary>What a row of cratedb-toolkit's retention policies does.</summary>
public enum ToolkitStrategy
{
    /// <summary>Removes partitions.</summary>
    Delete,

    /// <summary>Moves partitions to other nodes.</summary>
    Reallocate,

    /// <summary>Saves partitions to a repository and removes them.</summary>
    Snapshot,
}

/// <summary>A row of cratedb-toolkit's table of retention policies, of its older and its newer form.</summary>
public sealed record ToolkitPolicy
{
    /// <summary>Its identifier; null in the older form.</summary>
    public string? Id { get; init; }

    /// <summary>What it does.</summary>
    public required ToolkitStrategy Strategy { get; init; }

    /// <summary>The table.</summary>
    public required TableName Table { get; init; }

    /// <summary>The partition column that it compares.</summary>
    public required string PartitionColumn { get; init; }

    /// <summary>After how many days.</summary>
    public required long Days { get; init; }

    /// <summary>The attribute of nodes that partitions move to; null where they do not.</summary>
    public string? Attribute { get; init; }

    /// <summary>The value of the attribute.</summary>
    public string? AttributeValue { get; init; }

    /// <summary>The repository of its snapshots; null where it makes none.</summary>
    public string? Repository { get; init; }

    /// <summary>Its tags, sorted.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// Reads rows from a file: the output of <c>cratedb-retention list-policies</c>, rows as JSON or CSV, or an answer of
    /// CrateDB's HTTP endpoint.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <exception cref="PolicyException">It is something else, or a row is not whole.</exception>
    public static IReadOnlyList<ToolkitPolicy> Read(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. ImportedRows.Read(text, file).Select((row, index) => Of(row, $"{file}, row {index + 1}"))];
    }

    internal static ToolkitPolicy Of(ImportedRow row, string place)
    {
        if (!Enum.TryParse<ToolkitStrategy>(row.Text("strategy"), ignoreCase: true, out var strategy))
            throw Wrong(place, $"its strategy is {row.Text("strategy") ?? "missing"}; cratedb-toolkit has delete, reallocate and snapshot");
        if (row.Number("retention_period") is not { } days)
            throw Wrong(place, "its retention_period is no number of days");
        IReadOnlyList<string> tags;
        try
        {
            tags = [.. row.Words("tags").Order(StringComparer.Ordinal)];
        }
        catch (JsonException)
        {
            throw Wrong(place, "its tags are no object");
        }

        return new()
        {
            Id = row.Text("id"),
            Strategy = strategy,
            Table = new(row.Text("table_schema") ?? "doc", row.Text("table_name") ?? throw Wrong(place, "it names no table (table_name)")),
            PartitionColumn = row.Text("partition_column") ?? throw Wrong(place, "it names no partition_column"),
            Days = days,
            Attribute = row.Text("reallocation_attribute_name"),
            AttributeValue = row.Text("reallocation_attribute_value"),
            Repository = row.Text("target_repository_name"),
            Tags = tags,
        };
    }

    private static PolicyException Wrong(string place, string what) => new(ImportCodes.Unreadable, $"{place} cannot be imported: {what}.");
}
