using Varve.Engines;

namespace Varve.Server.Home;

/// <summary>Which server of a home leads: one row.</summary>
internal sealed class LeadTable(HomeDatabase home)
{
    private const string Nobody = "";

    /// <summary>The row, and what was counted of changes.</summary>
    public async Task<(LeadRow Row, HomeCounts Counts)> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await home.QueryAsync(
            $"""
            SELECT l.server, l.beat, l.fence, c.value, s.value FROM {HomeTables.Lead} AS l
            JOIN {HomeTables.Meta} AS c ON c.name = {HomeSchema.ChangesName} JOIN {HomeTables.Meta} AS s ON s.name = {HomeSchema.SchedulesName}
            """,
            cancellationToken
        );
        return (new(rows[0].Text(0), rows[0].Long(1), rows[0].Long(2)), new(rows[0].Text(3), rows[0].Text(4)));
    }

    /// <summary>Says that the leader is there; false where it leads no more.</summary>
    public async Task<bool> BeatAsync(Fence fence, CancellationToken cancellationToken) =>
        await home.ExecuteAsync(
            $"UPDATE {HomeTables.Lead} SET beat = beat + 1 WHERE server = {fence.Server} AND fence = {fence.Number}",
            cancellationToken
        ) > 0;

    /// <summary>Takes the lead from a row that is as it was seen; null where somebody was quicker.</summary>
    public async Task<Fence?> TakeAsync(string server, LeadRow seen, CancellationToken cancellationToken) =>
        await home.ExecuteAsync(
            $"UPDATE {HomeTables.Lead} SET server = {server}, beat = beat + 1, fence = fence + 1 WHERE server = {seen.Server} AND beat = {seen.Beat} AND fence = {seen.Number}",
            cancellationToken
        ) > 0
            ? new(server, seen.Number + 1)
            : null;

    /// <summary>Gives the lead back, so that nobody has to wait.</summary>
    public Task<long> ResignAsync(Fence fence, CancellationToken cancellationToken) =>
        home.ExecuteAsync(
            $"UPDATE {HomeTables.Lead} SET server = {Nobody}, beat = beat + 1 WHERE server = {fence.Server} AND fence = {fence.Number}",
            cancellationToken
        );
}

/// <summary>Who leads, as it is stored.</summary>
/// <param name="Server">Which server; empty: nobody does.</param>
/// <param name="Beat">Grows while the leader is there.</param>
/// <param name="Number">Grows with each change of the lead.</param>
internal sealed record LeadRow(string Server, long Beat, long Number)
{
    /// <summary>True where nobody has to be waited for.</summary>
    public bool IsFree => Server.Length == 0;
}

/// <summary>How much was changed so far; only whether it is the same is asked.</summary>
/// <param name="Changes">Anything.</param>
/// <param name="Schedules">What schedules are made of, in the databases that are kept.</param>
internal sealed record HomeCounts(string Changes, string Schedules);
