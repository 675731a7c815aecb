using System.Text.RegularExpressions;

namespace Varve.S3;

/// <summary>Where in an object store archives are.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What all keys begin with, ending with a slash; empty for none.</param>
/// <param name="Endpoint">The server; null for Amazon's.</param>
/// <param name="Region">The region; null for that of the environment.</param>
/// <param name="PathStyle">True: the bucket stands in the path, not in the name of the server.</param>
internal sealed partial record S3Location(string Bucket, string Prefix, Uri? Endpoint, string? Region, bool PathStyle)
{
    public const string Scheme = "s3";

    private const string Example = "Write s3://bucket/prefix, or s3://bucket/prefix?endpoint=https://host&region=name&pathStyle=true.";

    /// <summary>What it is called in messages.</summary>
    public string DisplayName => $"{Scheme}://{Bucket}/{Prefix}".TrimEnd('/');

    /// <summary>Reads a declared location.</summary>
    /// <exception cref="PolicyException">It cannot be understood, or holds a credential.</exception>
    public static S3Location Read(string text)
    {
        var (path, query) = text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, "");
        if (
            path.Contains('@', StringComparison.Ordinal)
            || query.Contains("secret", StringComparison.OrdinalIgnoreCase)
            || query.Contains("token", StringComparison.OrdinalIgnoreCase)
        )
            throw Wrong(
                "holds a credential. Credentials come from the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine's role); take it out."
            );
        var parts = path[(Scheme.Length + "://".Length)..].Split('/', 2);
        if (!Name().IsMatch(parts[0]))
            throw Wrong($"names no bucket. {Example}");
        var prefix = parts.Length < 2 ? "" : parts[1].Trim('/');
        if (prefix.Split('/').Any(p => p is "." or "..") || prefix.Contains("//", StringComparison.Ordinal))
            throw Wrong($"has a prefix with . or .. or an empty part. {Example}");
        var location = new S3Location(parts[0], prefix.Length == 0 ? "" : prefix + "/", null, null, PathStyle: false);
        foreach (var option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            location = location.With(option.Split('=', 2));
        return location;
    }

    private S3Location With(string[] option) =>
        option switch
        {
            ["endpoint", var value]
                when Uri.TryCreate(Uri.UnescapeDataString(value), UriKind.Absolute, out var uri)
                    && uri.Scheme is "https" or "http"
                    && uri.UserInfo.Length == 0 => this with
                    {
                        Endpoint = uri,
                    },
            ["region", { Length: > 0 } value] => this with { Region = value },
            ["pathStyle", "true"] => this with { PathStyle = true },
            ["pathStyle", "false"] => this with { PathStyle = false },
            _ => throw Wrong($"has an option `{option[0]}` that is not known, or a value that it does not take. {Example}"),
        };

    private static PolicyException Wrong(string what) => new(WorkCodes.BadLocation, $"An archive location in S3 {what}");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{1,62}\z")]
    private static partial Regex Name();
}
