using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Names in PostgreSQL, which cuts them at 63 bytes; longer ones are kept apart by a hash of their end.</summary>
internal static class PgName
{
    private const int Most = 63;

    private static readonly ConcurrentDictionary<string, string> s_long = new(StringComparer.Ordinal);

    /// <summary>The name in quotes.</summary>
    internal static string Quote(string name) => $"\"{Short(name).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The name that was meant.</summary>
    internal static string Long(string name) => s_long.GetValueOrDefault(name, name);

    private static string Short(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= Most)
            return name;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16];
        var shortened = $"{new string([.. name.Where(char.IsAscii).Take(40)])}~{hash}";
        s_long[shortened] = name;
        return shortened;
    }
}
