using Varve.Catalog;
using Varve.Policies;

namespace Varve.Execution;

/// <summary>What ends the work on one policy, and on no other.</summary>
internal static class PolicyTrouble
{
    /// <summary>The error as it is told: an engine does not know what it was asked for, so policy, table and time column are named.</summary>
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
}
