namespace Varve.Server.Configuration;

/// <summary>Where a secret is: in an environment variable, or in the first line of a file. It is never printed.</summary>
/// <param name="Variable">The environment variable; null where it is in a file.</param>
/// <param name="Path">The file; null where it is in the environment.</param>
internal sealed record SecretReference(string? Variable, string? Path)
{
    /// <summary>The secret.</summary>
    /// <exception cref="PolicyException">It is not there.</exception>
    internal string Resolve()
    {
        if (Variable is not null)
            return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set
                ? set
                : throw new PolicyException(
                    ServerCodes.NoSecret,
                    $"There is no secret in the environment variable {Variable}. Set it before the server starts."
                );
        try
        {
            using var reader = new StreamReader(Path!);
            return reader.ReadLine() is { Length: > 0 } line
                ? line
                : throw new PolicyException(ServerCodes.NoSecret, $"There is no secret in the first line of {Path}.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException(ServerCodes.NoSecret, $"The secret in {Path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Reads <c>NAME_env</c> or <c>NAME_file</c>; null where neither is given.</summary>
    internal static SecretReference? Read(ConfigKeys keys, string name)
    {
        var (variable, path) = (keys.Text($"{name}_env"), keys.Text($"{name}_file"));
        if (variable is not null && path is not null)
            keys.Wrong($"{name}_file", $"`{name}_env` and `{name}_file` both say where the secret is. Keep one of them.");
        return variable is null && path is null ? null : new(variable, variable is null ? path : null);
    }
}
