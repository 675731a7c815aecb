namespace Varve;

/// <summary>
/// The root of every error that Varve raises on purpose. The subtype says what the caller can do next;
/// <see cref="Code"/> (VRV1xx policy, 2xx plan, 3xx run, 4xx engine) is the anchor in the documentation.
/// Messages name what, where, the values that clash and the way out; they never hold a secret.
/// </summary>
public abstract class VarveException : Exception
{
    private protected VarveException(string code, string message, int exitCode, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        ExitCode = exitCode;
    }

    /// <summary>The stable code of this error, for example <c>VRV104</c>.</summary>
    public string Code { get; }

    /// <summary>The exit code of the command line for this error.</summary>
    public int ExitCode { get; }
}

/// <summary>The policy, or what was typed, must be changed. Nothing was touched. Exit code 2.</summary>
public sealed class PolicyException : VarveException
{
    /// <summary>One problem.</summary>
    public PolicyException(string code, string message, Exception? inner = null)
        : base(code, message, 2, inner) => Problems = [];

    /// <summary>All problems of a file or of a policy at once.</summary>
    public PolicyException(IReadOnlyList<Policies.Problem> problems)
        : base(problems[0].Code, string.Join('\n', problems.Select(p => p.Text)), 2) => Problems = problems;

    /// <summary>Every problem found, in the order of the file; empty where the message says it all.</summary>
    public IReadOnlyList<Policies.Problem> Problems { get; }
}

/// <summary>The plan no longer fits what is in the database: plan again. Nothing was touched. Exit code 3.</summary>
public sealed class StalePlanException(string message, IReadOnlyList<string> differences) : VarveException(WorkCodes.StalePlan, message, 3)
{
    /// <summary>One line for each step that is missing or changed.</summary>
    public IReadOnlyList<string> Differences { get; } = differences;
}

/// <summary>The database refused or failed. Exit code 4.</summary>
public sealed class EngineException(string code, string message, bool isTransient = false, Exception? inner = null)
    : VarveException(code, message, 4, inner)
{
    /// <summary>True where the same call may succeed later without a change.</summary>
    public bool IsTransient { get; } = isTransient;
}

/// <summary>A person must look before anything goes on: a proof failed, or a brake was pulled. Exit code 5.</summary>
public sealed class HaltException(string code, string message) : VarveException(code, message, 5);

/// <summary>Another run holds the lease. Exit code 6.</summary>
public sealed class BusyException(string message, Exception? inner = null) : VarveException(WorkCodes.Busy, message, 6, inner);

/// <summary>A defect in Varve: nothing that the caller did. The step was rolled back. Exit code 1.</summary>
public sealed class DefectException : VarveException
{
    /// <summary>A defect.</summary>
    public DefectException(Exception inner)
        : base(WorkCodes.Defect, $"This is a defect in Varve, please report it: {inner.GetType().Name}: {inner.Message}", 1, inner) { }

    /// <summary>A defect that ended the work on one policy.</summary>
    internal DefectException(string about, Exception inner)
        : base(WorkCodes.Defect, $"{about}: this is a defect in Varve, please report it: {inner.GetType().Name}: {inner.Message}", 1, inner)
    { }
}
