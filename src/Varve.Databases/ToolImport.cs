using Varve.CrateDb;
using Varve.Engines;
using Varve.Importing;
using Varve.Policies;

namespace Varve.Databases;

/// <summary>Another tool whose configuration becomes policies.</summary>
internal enum ImportTool
{
    /// <summary>cratedb-toolkit: its table of retention policies.</summary>
    CratedbToolkit,

    /// <summary>Graphite: storage-schemas.conf and storage-aggregation.conf.</summary>
    Graphite,

    /// <summary>RRDtool: what <c>rrdtool info</c> and <c>rrdtool dump</c> print.</summary>
    Rrdtool,

    /// <summary>pg_partman: the rows of its table part_config.</summary>
    PgPartman,
}

/// <summary>What another tool was told, as text, and what a policy needs beside it. No file is named here: nobody opens one.</summary>
internal sealed record ImportRequest
{
    /// <summary>Whose configuration it is.</summary>
    public required ImportTool Tool { get; init; }

    /// <summary>The configuration; null: the rows of cratedb-toolkit are read from its table.</summary>
    public string? Text { get; init; }

    /// <summary>What the text is called in messages.</summary>
    public string Called { get; init; } = "the text";

    /// <summary>Graphite's storage-aggregation.conf; null where there is none.</summary>
    public string? Aggregation { get; init; }

    /// <summary>The schema of cratedb-toolkit's own table, or that of the tables that Graphite's points are in.</summary>
    public string? Schema { get; init; }

    /// <summary>The time column; null: the usual one, or what the database says.</summary>
    public string? Time { get; init; }

    /// <summary>The time column of single tables.</summary>
    public IReadOnlyDictionary<string, string> Times { get; init; } = new Dictionary<string, string>();

    /// <summary>The column of the metric's name.</summary>
    public string? Series { get; init; }

    /// <summary>The column of the value.</summary>
    public string? Value { get; init; }

    /// <summary>The table that has the samples of a round-robin database.</summary>
    public TableName? Table { get; init; }

    /// <summary>How cratedb-toolkit's ages of partitions are compared.</summary>
    public ToolkitCompare Compare { get; init; }
}

/// <summary>Makes policies from what another tool was told. Nothing is stored.</summary>
internal static class ToolImport
{
    private const string UsualTime = "ts";
    private const string ToolkitSchema = "ext";

    /// <summary>Makes them.</summary>
    /// <param name="request">What was told.</param>
    /// <param name="url">The database in which cratedb-toolkit keeps its rows; null where none is named.</param>
    /// <param name="input">Where a password is read that the URL says is given there; null: nowhere.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PolicyException">It cannot be read, or does not say what a policy needs.</exception>
    /// <exception cref="EngineException">The cluster cannot be reached, or refuses.</exception>
    internal static Task<ImportResult> ReadAsync(
        ImportRequest request,
        DatabaseUrl? url,
        TextReader? input,
        CancellationToken cancellationToken
    ) =>
        request switch
        {
            { Tool: ImportTool.CratedbToolkit } => ToolkitAsync(request, url, input, cancellationToken),
            { Text: null } => throw Usage("There is no configuration to import: name the file, or send its text."),
            { Tool: ImportTool.Graphite } => Task.FromResult(
                GraphiteImport.Convert(
                    request.Text,
                    request.Aggregation,
                    new(request.Schema, request.Time ?? UsualTime, request.Series ?? "path", request.Value ?? "value")
                )
            ),
            { Tool: ImportTool.Rrdtool, Table: { } table } => Task.FromResult(
                RrdImport.Convert(request.Text, request.Called, table, request.Time ?? UsualTime)
            ),
            { Tool: ImportTool.Rrdtool } => throw Usage("Say which table has the samples, for example net.router."),
            _ => Task.FromResult(PartmanImport.Convert(request.Text, request.Called)),
        };

    private static async Task<ImportResult> ToolkitAsync(
        ImportRequest request,
        DatabaseUrl? url,
        TextReader? input,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyDictionary<TableName, string> known = new Dictionary<TableName, string>();
        IReadOnlyList<ToolkitPolicy> rows;
        if (request.Text is null)
        {
            var read = await CrateDbToolkit.ReadAsync(Cluster(url), request.Schema ?? ToolkitSchema, input, cancellationToken);
            (rows, known) = (read.Policies, read.Times);
        }
        else
        {
            rows = ToolkitPolicy.Read(request.Text, request.Called);
        }

        return rows.Count > 0 ? ToolkitImport.Convert(rows, TimeOf, request.Compare) : throw Usage("The toolkit has no policy.");

        string? TimeOf(TableName table) =>
            request.Times.GetValueOrDefault(table.Text)
            ?? request.Times.GetValueOrDefault(table.Name)
            ?? request.Time
            ?? known.GetValueOrDefault(table);
    }

    private static DatabaseUrl Cluster(DatabaseUrl? url) =>
        url switch
        {
            null => throw Usage(
                "Name a file with the rows of the toolkit's table, or the cluster: varve import cratedb-toolkit --db "
                    + "cratedb://user@host:4200/."
            ),
            { Scheme: "cratedb" } => url,
            _ => throw Usage($"cratedb-toolkit keeps its policies in CrateDB, and {url} is another database. Name the cluster, or a file."),
        };

    private static PolicyException Usage(string message) => new(WorkCodes.Usage, message);
}
