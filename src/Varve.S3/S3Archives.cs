using Varve.Archiving;

namespace Varve.S3;

/// <summary>
/// Archives in S3, or in an object store that speaks its protocol. Credentials are found as the AWS SDK finds them: in
/// variables, in the profile, or from the machine that it runs on; never in the text of a location.
/// </summary>
public static class S3Archives
{
    /// <summary>
    /// For <see cref="LifecycleOptions.ArchiveKinds"/>: <c>s3://bucket/prefix</c>, with <c>?endpoint=https://…</c>,
    /// <c>region=</c> and <c>pathStyle=true</c> for stores other than Amazon's.
    /// </summary>
    public static ArchiveKind Kind { get; } = new(S3Location.Scheme, text => new S3Store(S3Location.Read(text)));
}
