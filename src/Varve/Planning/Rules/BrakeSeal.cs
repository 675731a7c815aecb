using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Varve.Planning;

/// <summary>
/// What a person agrees to: policy, relations, where the oldest rows lie, and how many rows of the source go. A word that was
/// given for nearly as many is taken: rows come and age between reading and running.
/// </summary>
/// <param name="Text">All but the number of rows.</param>
/// <param name="Rows">The number of rows.</param>
internal sealed record BrakeSeal(string Text, long Rows)
{
    // A hash cannot say how far off a number is. Numbers are told apart in ten steps to each tenth more, and so many are near.
    private const int Near = 10;

    private static readonly double s_step = Math.Log(1.1) / Near;

    /// <summary>What <c>--confirm</c> takes.</summary>
    public string Hash => Of(Step);

    private long Step => Rows <= 0 ? -1 : (long)Math.Floor(Math.Log(Rows) / s_step);

    /// <summary>Whether a hash was printed for the same, with rows that are at most a tenth more or fewer.</summary>
    public bool Takes(string hash) => Enumerable.Range(-Near, 1 + (2 * Near)).Any(i => Of(Step + i) == hash);

    private string Of(long step) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Text}\n{step}"))))[
            ..12
        ];
}
