using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// The names of what an archive holds: a folder for each policy, in it a part as <c>FROM_TO_N.parquet</c> and its manifest
/// as <c>FROM_TO_N.json</c>. They hold letters, digits and <c>. _ - %</c> only, so that they are names everywhere.
/// </summary>
public static partial class PartNames
{
    /// <summary>What the file of a part ends with.</summary>
    public const string Rows = ".parquet";

    /// <summary>What the file of a manifest ends with.</summary>
    public const string Manifest = ".json";

    private const int MostBytes = 200;

    private static readonly InstantPattern s_instant = InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss;FFFFFF'Z'");

    /// <summary>
    /// The folder of a policy: its name in UTF-8, percent-encoded; beyond 200 bytes cut, with the beginning of its SHA-256
    /// behind it. Two names never have one folder, not even where the file system ignores the case of letters.
    /// </summary>
    /// <param name="policy">The policy's name.</param>
    public static string Folder(string policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        var name = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(policy))
        {
            if (
                char.IsAsciiLetterLower((char)one)
                || char.IsAsciiDigit((char)one)
                || one is (byte)'_' or (byte)'-'
                || (one == '.' && name.Length > 0)
            )
                name.Append((char)one);
            else
                name.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }

        if (name.Length <= MostBytes && name[^1] != '.')
            return name.ToString();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy)))[..16];
        return $"{name.ToString(0, Math.Min(name.Length, MostBytes - hash.Length - 1))}-{hash}";
    }

    /// <summary>The name of a part without its ending: the folder, a slash, both ends of the range and the number of the part.</summary>
    /// <param name="policy">The policy's name.</param>
    /// <param name="range">A range with both ends.</param>
    /// <param name="part">From 1 on.</param>
    public static string Of(string policy, TimeRange range, int part)
    {
        ArgumentNullException.ThrowIfNull(range);
        return string.Create(CultureInfo.InvariantCulture, $"{Folder(policy)}/{At(range.From)}_{At(range.To)}_{part}");
    }

    /// <summary>True for the manifest of a part, with the range that its name says; false for every other name.</summary>
    /// <param name="policy">The policy's name.</param>
    /// <param name="file">The folder, a slash and the name.</param>
    /// <param name="range">The range.</param>
    internal static bool TryRange(string policy, string file, out TimeRange range)
    {
        range = TimeRange.All;
        if (ManifestName().Match(file) is not { Success: true } name)
            return false;
        if (
            !s_instant.Parse(name.Groups["from"].Value).TryGetValue(default, out var from)
            || !s_instant.Parse(name.Groups["to"].Value).TryGetValue(default, out var to)
            || to <= from
        )
            return false;
        range = new(from, to);
        return int.TryParse(name.Groups["part"].Value, CultureInfo.InvariantCulture, out var part)
            && Of(policy, range, part) + Manifest == file;
    }

    /// <summary>
    /// True for names of the form that <see cref="Of"/> makes, with whatever behind: a folder and a file, and no way out of
    /// either.
    /// </summary>
    /// <param name="name">The name.</param>
    public static bool IsFile(string name) => File().IsMatch(name) && name.Split('/').All(part => part is not ("." or ".."));

    [GeneratedRegex(@"\A[A-Za-z0-9._%-]+/[A-Za-z0-9._%-]+\z")]
    private static partial Regex File();

    [GeneratedRegex(@"/(?<from>[0-9TZ.-]+)_(?<to>[0-9TZ.-]+)_(?<part>[0-9]+)\.json\z")]
    private static partial Regex ManifestName();

    private static string At(Instant at) => s_instant.Format(at);
}
