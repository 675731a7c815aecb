using Varve.Databases;
using Varve.DuckDb;
using Varve.Importing;
using Varve.Policies;
using Varve.Proposing;

namespace Varve.Cli.Backends;

internal sealed partial class ServerBackend
{
    public async Task<IReadOnlyList<TableName>> TablesAsync(CancellationToken cancellationToken) =>
        [
            .. (await server.AskAsync((client, at) => client.ListTablesAsync(at, cancellationToken), cancellationToken)).Tables.Select(t =>
                TableName.Parse(t.Table)
            ),
        ];

    public async Task<PolicyDraft> ProposeAsync(TableName table, ProposalChoices choices, CancellationToken cancellationToken) =>
        FromShapes.Draft(
            (
                await server.AskAsync<Client.Shapes.InitShape, Contracts.InitShape>(
                    (client, at) =>
                        client.ProposePolicyAsync(
                            at,
                            table.Text,
                            choices.Time,
                            choices.Series is { } series ? string.Join(',', series) : null,
                            choices.Ttl?.Text,
                            choices.Archive,
                            cancellationToken
                        ),
                    cancellationToken
                )
            ).Policies[0]
        );

    public async Task<IReadOnlyList<ProposalOutcome>> ProposeAllAsync(CancellationToken cancellationToken)
    {
        var told = await server.AskAsync<Client.Shapes.InitShape, Contracts.InitShape>(
            (client, at) => client.ProposePolicyAsync(at, cancellationToken: cancellationToken),
            cancellationToken
        );
        return
        [
            .. told.Policies.Select(FromShapes.Draft).Select(d => new ProposalOutcome(d.Table, d, null)),
            .. told.LeftOut.Select(l => new ProposalOutcome(TableName.Parse(l.Table), null, FromShapes.Problem(l.Reason))),
        ];
    }

    /// <summary>Policies from the rows that cratedb-toolkit keeps in the database of the server.</summary>
    internal async Task<ImportResult> ImportToolkitAsync(ImportRequest request, CancellationToken cancellationToken) =>
        FromShapes.Imported(
            await server.AskAsync<Client.Shapes.ImportShape, Contracts.ImportShape>(
                (client, at) =>
                    client.ImportPoliciesAsync(
                        at,
                        new(
                            Client.Shapes.ImportTool.CratedbToolkit,
                            Schema: request.Schema,
                            Time: request.Time,
                            Times: request.Times,
                            Compare: request.Compare == ToolkitCompare.Start
                                ? Client.Shapes.ToolkitCompare.Start
                                : Client.Shapes.ToolkitCompare.End
                        ),
                        cancellationToken
                    ),
                cancellationToken
            )
        );

    /// <summary>Has the server write a compact copy beside its file.</summary>
    internal async Task<DuckDbCompactionReport> CompactAsync(CancellationToken cancellationToken)
    {
        var told = await server.AskAsync((client, at) => client.CompactAsync(at, cancellationToken), cancellationToken);
        return new(told.Source, told.Target, told.BytesBefore, told.BytesAfter, (int)told.Tables, told.Rows);
    }
}
