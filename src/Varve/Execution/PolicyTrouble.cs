using Varve.Catalog;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>What ends the work on one policy, and on no other.</summary>
internal static class PolicyTrouble
{
    /// <summary>
    /// The error as it is told: an engine does not know what it was asked for, so policy, table and time column are named.
    /// </summary>
    public static VarveException Of(StoredPolicy stored, Exception error)
    {
        var (name, table, time) = (stored.Policy.Name, stored.Policy.Table.Text, stored.Policy.Time);
        var about = name == table ? $"{name}, time {time}" : $"{name} (table {table}, time {time})";
        return error switch
        {
            EngineException engine => new EngineException(engine.Code, $"{about}: {engine.Message}", engine.IsTransient, engine),
            VarveException known => known,
            _ => new DefectException(about, error),
        };
    }

    /// <summary>The same as one problem.</summary>
    public static Problem Told(StoredPolicy stored, Exception error) => Problem.Of(Of(stored, error));

    /// <summary>Does something for each policy, in their order; one that cannot be done ends no other, unless it is the only one.</summary>
    public static Task<IReadOnlyList<T>> EachAsync<T>(
        IReadOnlyList<StoredPolicy> policies,
        Func<StoredPolicy, Task<T>> work,
        Func<StoredPolicy, VarveException, T> broken
    ) => EachAsync(policies, work, broken, isOnly: policies.Count == 1);

    /// <summary>The same, where it is known elsewhere whether it is the only one.</summary>
    public static async Task<IReadOnlyList<T>> EachAsync<T>(
        IReadOnlyList<StoredPolicy> policies,
        Func<StoredPolicy, Task<T>> work,
        Func<StoredPolicy, VarveException, T> broken,
        bool isOnly
    )
    {
        List<T> all = [];
        foreach (var policy in policies)
        {
            try
            {
                all.Add(await work(policy));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                var trouble = Of(policy, error);
                if (!isOnly)
                    all.Add(broken(policy, trouble));
                else if (trouble == error)
                    throw;
                else
                    throw trouble;
            }
        }

        return all;
    }
}
