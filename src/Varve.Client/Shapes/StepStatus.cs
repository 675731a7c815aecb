// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How far a step is.</summary>
public enum StepStatus
{
    /// <summary><c>planned</c> in JSON.</summary>
    Planned,

    /// <summary><c>running</c> in JSON.</summary>
    Running,

    /// <summary><c>done</c> in JSON.</summary>
    Done,

    /// <summary><c>failed</c> in JSON.</summary>
    Failed,

    /// <summary><c>skipped</c> in JSON.</summary>
    Skipped,
}
