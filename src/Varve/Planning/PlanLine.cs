namespace Varve.Planning;

/// <summary>What a line of a plan is about, so that a surface can colour it.</summary>
public enum PlanTone
{
    /// <summary>The policy and the planning instant.</summary>
    Title,

    /// <summary>Something is created or written for readers.</summary>
    Create,

    /// <summary>Rows are rolled up.</summary>
    Build,

    /// <summary>Rows are removed for good.</summary>
    Remove,

    /// <summary>Something is recorded; no row changes.</summary>
    Mark,

    /// <summary>A reason, a proof, a total.</summary>
    Detail,

    /// <summary>Something is due and waits.</summary>
    Wait,

    /// <summary>What a person should know or do.</summary>
    Warning,
}

/// <summary>One line of a plan for people.</summary>
/// <param name="Tone">What it is about.</param>
/// <param name="Text">The line, indented and aligned, without an end of line.</param>
public sealed record PlanLine(PlanTone Tone, string Text);
