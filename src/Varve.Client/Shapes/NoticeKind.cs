// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is told to others without being asked.</summary>
public enum NoticeKind
{
    /// <summary>Failed.</summary>
    Failed,

    /// <summary>Halted.</summary>
    Halted,

    /// <summary>Braked.</summary>
    Braked,

    /// <summary>Overdue.</summary>
    Overdue,

    /// <summary>Test.</summary>
    Test,
}
