namespace Varve.Catalog;

/// <summary>How far a run is.</summary>
public enum RunStatus
{
    /// <summary>It was begun and has not ended, or its process has not been found dead yet.</summary>
    Running,

    /// <summary>It did all that it planned.</summary>
    Done,

    /// <summary>It was asked to end, or to do so much only; the next one goes on.</summary>
    Stopped,

    /// <summary>An error ended it.</summary>
    Failed,

    /// <summary>Its process ended before it did, and a later command found that.</summary>
    Interrupted,

    /// <summary>It did all that it planned but a removal, which waits for a person's word.</summary>
    Braked,
}
