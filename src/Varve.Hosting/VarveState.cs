namespace Varve.Hosting;

/// <summary>How the newest run of a policy ended.</summary>
public enum VarveState
{
    /// <summary>It has not run since the application started.</summary>
    Waiting,

    /// <summary>Everything that was due was done.</summary>
    Done,

    /// <summary>Something waits for a person: a removal for a word, or a range whose proof failed.</summary>
    NeedsPerson,

    /// <summary>It failed, and is tried again after a rest.</summary>
    Failed,
}
