using System.Diagnostics.CodeAnalysis;

namespace Varve.Sql;

/// <summary>A name in the database, as it is stored there; only a <see cref="Dialect"/> quotes it.</summary>
[Experimental("VARVE001")]
public sealed record Identifier
{
    /// <summary>Any text without a NUL character, at least one character long.</summary>
    /// <exception cref="ArgumentException">It is empty or holds a NUL.</exception>
    public Identifier(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value.Contains('\0'))
            throw new ArgumentException("A name in a database cannot hold a NUL character.", nameof(value));
        Value = value;
    }

    /// <summary>The name without quotes.</summary>
    public string Value { get; }
}
