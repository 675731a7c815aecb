namespace Varve.Catalog;

/// <summary>How far a step is.</summary>
public enum StepStatus
{
    /// <summary>It is to be done.</summary>
    Planned,

    /// <summary>What it is going to do is written down, and it may have been done.</summary>
    Running,

    /// <summary>It was done and proven.</summary>
    Done,

    /// <summary>It was begun, and changed nothing.</summary>
    Failed,

    /// <summary>It was not begun, or put off.</summary>
    Skipped,
}
