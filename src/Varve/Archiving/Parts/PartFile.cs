using System.Security.Cryptography;

namespace Varve.Archiving;

/// <summary>Hashes of whole files.</summary>
internal static class PartFile
{
    private const int Buffer = 1 << 20;

    public static async Task<(long Bytes, byte[] Sha256)> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read,
                BufferSize = Buffer,
                Options = FileOptions.SequentialScan,
            }
        );
        var hash = await SHA256.HashDataAsync(file, cancellationToken);
        return (file.Length, hash);
    }
}
