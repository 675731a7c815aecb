using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Varve.Server.Access;

/// <summary>Secrets of 256 random bits. Only their hash is kept: they cannot be guessed, so no slow hash is needed.</summary>
internal static partial class Secrets
{
    /// <summary>What a token begins with, so that one that leaked is found.</summary>
    internal const string Prefix = "varve_";

    /// <summary>A new secret, with its hash and its id.</summary>
    internal static (string Secret, string Hash, string Id) Make()
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (secret, Hash(secret), $"t-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
    }

    /// <summary>The hash of a secret; null for text that can be none.</summary>
    internal static string? HashOf(string? secret) => secret is not null && Shape().IsMatch(secret) ? Hash(secret) : null;

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    [GeneratedRegex(@"\Avarve_[A-Za-z0-9_-]{43}\z")]
    private static partial Regex Shape();
}
