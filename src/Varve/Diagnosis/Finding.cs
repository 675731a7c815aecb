namespace Varve.Diagnosis;

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Check">The check that found it: <c>audit.chain</c>, <c>relation.missing</c>, …; stable.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Policy">The policy that it is about; null for the database as a whole.</param>
/// <param name="Found">What was found.</param>
/// <param name="WayOut">What to do.</param>
public sealed record Finding(string Check, Severity Severity, string? Policy, string Found, string WayOut);

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>Runs go on; somebody should know.</summary>
    Warning,

    /// <summary>A person must look.</summary>
    Error,
}
