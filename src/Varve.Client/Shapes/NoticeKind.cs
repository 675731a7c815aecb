// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is told to others without being asked.</summary>
public enum NoticeKind
{
    /// <summary><c>failed</c> in JSON.</summary>
    Failed,

    /// <summary><c>halted</c> in JSON.</summary>
    Halted,

    /// <summary><c>braked</c> in JSON.</summary>
    Braked,

    /// <summary><c>overdue</c> in JSON.</summary>
    Overdue,

    /// <summary><c>test</c> in JSON.</summary>
    Test,

    /// <summary><c>missed</c> in JSON.</summary>
    Missed,
}
