namespace Varve.Server.Api;

/// <summary>One thing that a person does to a table, as the audit log names it.</summary>
/// <param name="Connection">In which database.</param>
/// <param name="Policy">To which policy; null: to all of the database.</param>
/// <param name="Action">What: rows.erased, archives.pruned, ….</param>
internal sealed record Act(string Connection, string? Policy, string Action)
{
    public string Target => Policy is null ? Connection : $"{Connection}/{Policy}";
}
