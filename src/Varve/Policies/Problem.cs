namespace Varve.Policies;

/// <summary>One thing that is wrong with a policy, or that its author should know.</summary>
/// <param name="Code">The stable code, the anchor in the documentation.</param>
/// <param name="Message">What, the values that clash, and the way out.</param>
public sealed record Problem(string Code, string Message)
{
    /// <summary>Where it stands in the file; null for what was not read from one.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary>The key that it is about, as a path: <c>tiers[1].every</c>; empty for the policy as a whole.</summary>
    public string Path { get; init; } = "";

    /// <summary>True for advice that does not refuse the policy.</summary>
    public bool IsWarning { get; init; }

    /// <summary>The exit code of the command line where it ended the work on a policy.</summary>
    public int ExitCode { get; init; } = 2;

    /// <summary>What an error says, as one problem; of several the first one, and the others behind it.</summary>
    internal static Problem Of(VarveException error) =>
        error is PolicyException { Problems: [var first, ..] } all
            ? first with
            {
                Message = string.Join('\n', all.Problems.Skip(1).Select(o => o.Text).Prepend(first.Message)),
            }
            : new(error.Code, error.Message) { ExitCode = error.ExitCode };

    /// <summary>The problem as one line: <c>file.yaml:3:7: VRV104: message</c>.</summary>
    public string Text => Position is { } at ? $"{at.Text}: {Code}: {Message}" : $"{Code}: {Message}";
}

/// <summary>A place in a policy file.</summary>
/// <param name="File">The file as it was named; empty for text that came from elsewhere.</param>
/// <param name="Line">One-based.</param>
/// <param name="Column">One-based.</param>
public sealed record SourcePosition(string File, int Line, int Column)
{
    /// <summary>As editors and compilers write it.</summary>
    public string Text => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
