using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Varve.S3;

/// <summary>One upload in parts, each with the SHA-256 that the server must find; nothing is there until the last call.</summary>
internal sealed class S3Upload(IAmazonS3 client, string bucket, string key, long partBytes)
{
    public async Task RunAsync(string path, CancellationToken cancellationToken)
    {
        var begun = await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest
            {
                BucketName = bucket,
                Key = key,
                ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            },
            cancellationToken
        );
        try
        {
            List<PartETag> parts = [];
            var length = new FileInfo(path).Length;
            for (long at = 0; at < length; at += partBytes)
                parts.Add(await PartAsync(path, begun.UploadId, parts.Count + 1, at, Math.Min(partBytes, length - at), cancellationToken));
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = begun.UploadId,
                    PartETags = parts,
                },
                cancellationToken
            );
        }
        catch
        {
            await AbortAsync(begun.UploadId);
            throw;
        }
    }

    private async Task<PartETag> PartAsync(string path, string upload, int number, long at, long bytes, CancellationToken cancellationToken)
    {
        var hash = await HashAsync(path, at, bytes, cancellationToken);
        var sent = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = upload,
                PartNumber = number,
                FilePath = path,
                FilePosition = at,
                PartSize = bytes,
                ChecksumSHA256 = hash,
                UseChunkEncoding = false,
            },
            cancellationToken
        );
        return new(number, sent.ETag) { ChecksumSHA256 = hash };
    }

    private static async Task<string> HashAsync(string path, long at, long bytes, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        file.Seek(at, SeekOrigin.Begin);
        var part = new byte[bytes];
        await file.ReadExactlyAsync(part, cancellationToken);
        return Convert.ToBase64String(SHA256.HashData(part));
    }

    /// <summary>What cannot be taken back now is left to the rule of the bucket for uploads that were never ended.</summary>
    private async Task AbortAsync(string upload)
    {
        try
        {
            await client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = upload,
                },
                CancellationToken.None
            );
        }
        catch (Exception unreachable)
            when (unreachable is Amazon.Runtime.AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            // The error that ended the upload is the one to tell.
        }
    }
}
