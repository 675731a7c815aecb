using System.Security.Cryptography;
using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Varve.Archiving;
using Varve.Planning;

namespace Varve.S3;

/// <summary>
/// Archives in a bucket: files are spooled on this machine, uploaded in parts that the server checks, and downloaded to be
/// read.
/// </summary>
internal sealed class S3Store(S3Location location, long partBytes = S3Store.PartBytes) : IArchiveStore
{
    internal const long PartBytes = 16 << 20;

    private readonly Lazy<AmazonS3Client> _client = new(() => new(Config(location)));
    private readonly Lazy<string> _spool = new(MakeSpool);

    /// <inheritdoc/>
    public string DisplayName => location.DisplayName;

    private AmazonS3Client Client => _client.Value;

    /// <inheritdoc/>
    public string Spool(string name)
    {
        Key(name);
        return Path.Combine(_spool.Value, Guid.CreateVersion7().ToString("N"));
    }

    /// <inheritdoc/>
    public async Task PutAsync(string path, string name, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        var key = Key(name);
        await AskAsync(
            async () =>
            {
                if (new FileInfo(path).Length > partBytes)
                    await new S3Upload(Client, location.Bucket, key, partBytes).RunAsync(path, cancellationToken);
                else
                    await PutAsync(new() { FilePath = path, ChecksumSHA256 = Convert.ToBase64String(sha256.Span) }, key, cancellationToken);
                return 0;
            },
            cancellationToken
        );
        File.Delete(path);
    }

    /// <inheritdoc/>
    public Task WriteAsync(string name, string text, CancellationToken cancellationToken) =>
        AskAsync(
            () =>
                PutAsync(
                    new()
                    {
                        ContentBody = text,
                        ContentType = "application/json",
                        ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
                    },
                    Key(name),
                    cancellationToken
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        using var file = await OpenAsync(name, cancellationToken);
        return file is null ? null : await File.ReadAllTextAsync(file.Path, Encoding.UTF8, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<StoredFile?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var path = Spool(name);
        try
        {
            return await AskAsync(() => DownloadAsync(Key(name), path, cancellationToken), cancellationToken)
                ? new StoredFile(path, isCopy: true)
                : null;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken) =>
        AskAsync(
            async () =>
            {
                var request = new ListObjectsV2Request
                {
                    BucketName = location.Bucket,
                    Prefix = Key($"{folder}/any")[..^"any".Length],
                    Delimiter = "/",
                };
                List<string> names = [];
                ListObjectsV2Response page;
                do
                {
                    page = await Client.ListObjectsV2Async(request, cancellationToken);
                    names.AddRange((page.S3Objects ?? []).Select(o => o.Key[location.Prefix.Length..]).Where(n => !n.EndsWith('/')));
                    request.ContinuationToken = page.NextContinuationToken;
                } while (page.IsTruncated == true);
                return (IReadOnlyList<string>)[.. names.Order(StringComparer.Ordinal)];
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(() => Client.DeleteObjectAsync(location.Bucket, Key(name), cancellationToken), cancellationToken);

    /// <summary>False where there is no such object; a length that was announced and did not come breaks it off.</summary>
    private async Task<bool> DownloadAsync(string key, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Client.GetObjectAsync(location.Bucket, key, cancellationToken);
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
            await answer.ResponseStream.CopyToAsync(file, cancellationToken);
            return file.Length == answer.ContentLength ? true : throw new IOException("The answer ended before its end.");
        }
        catch (AmazonS3Exception missing) when (S3Errors.IsMissing(missing))
        {
            return false;
        }
    }

    private Task<PutObjectResponse> PutAsync(PutObjectRequest request, string key, CancellationToken cancellationToken)
    {
        (request.BucketName, request.Key, request.UseChunkEncoding) = (location.Bucket, key, false);
        return Client.PutObjectAsync(request, cancellationToken);
    }

    private Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken) =>
        S3Errors.AskAsync(DisplayName, ask, cancellationToken);

    private string Key(string name) =>
        PartNames.IsFile(name)
            ? location.Prefix + name
            : throw new HaltException(
                WorkCodes.OutOfPlace,
                $"`{name}` is no name of a file in an archive: it could lead out of {DisplayName}. Look at who wrote it; nothing was read or written there."
            );

    private static AmazonS3Config Config(S3Location location)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = location.PathStyle,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        var region =
            location.Region
            ?? Environment.GetEnvironmentVariable("AWS_REGION")
            ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
            ?? "us-east-1";
        if (location.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.AbsoluteUri, region);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        return config;
    }

    /// <summary>A folder that only this user can read, removed when the process ends.</summary>
    private static string MakeSpool()
    {
        var folder = Directory.CreateTempSubdirectory("varve-spool-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
