namespace Varve.Engines;

/// <summary>Where the password of a URL is. A closed family; no member prints it.</summary>
internal abstract class PasswordSource
{
    private PasswordSource() { }

    /// <summary>As the option that names it; null where there is nothing to show.</summary>
    public virtual string? Text => null;

    /// <summary>The password; null without one.</summary>
    public abstract string? Resolve(TextReader? input);

    private static string Line(string? text, string where) =>
        string.IsNullOrEmpty(text)
            ? throw new PolicyException(
                UrlCodes.Password,
                $"There is no password {where}. Put it there, or write where it is: password_env=NAME, password_file=PATH or password_stdin=true."
            )
            : text;

    /// <summary>No password.</summary>
    public sealed class None : PasswordSource
    {
        /// <inheritdoc/>
        public override string? Resolve(TextReader? input) => null;
    }

    /// <summary>In the URL itself.</summary>
    public sealed class Written(string password) : PasswordSource
    {
        /// <inheritdoc/>
        public override string? Resolve(TextReader? input) => password;
    }

    /// <summary>In an environment variable.</summary>
    public sealed class FromEnvironment(string name) : PasswordSource
    {
        /// <inheritdoc/>
        public override string? Text => $"password_env={Uri.EscapeDataString(name)}";

        /// <inheritdoc/>
        public override string? Resolve(TextReader? input) =>
            Line(name.Length == 0 ? null : Environment.GetEnvironmentVariable(name), $"in the environment variable {name}");
    }

    /// <summary>In the first line of a file.</summary>
    public sealed class FromFile(string path) : PasswordSource
    {
        /// <inheritdoc/>
        public override string? Text => $"password_file={Uri.EscapeDataString(path)}";

        /// <inheritdoc/>
        public override string? Resolve(TextReader? input)
        {
            try
            {
                using var reader = new StreamReader(path);
                return Line(reader.ReadLine(), $"in the first line of {path}");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new PolicyException(
                    UrlCodes.Password,
                    $"The password file {path} cannot be read. Check the path (password_file=PATH) and its rights.",
                    error
                );
            }
        }
    }

    /// <summary>One line of standard input.</summary>
    public sealed class FromInput : PasswordSource
    {
        /// <inheritdoc/>
        public override string Text => "password_stdin=true";

        /// <inheritdoc/>
        public override string? Resolve(TextReader? input) => Line(input?.ReadLine(), "on standard input");
    }
}
