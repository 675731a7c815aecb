using Varve.Applying;
using Varve.Archiving;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.S3;
using Varve.Time;

namespace Varve.Engines.Tests.S3;

/// <summary>Archives in an object store that a stand-in plays: whole lives, and every way in which it fails.</summary>
public sealed class S3ArchiveTests : ArchiveSuite
{
    private const long SmallParts = 700;

    private readonly StandIn _store = new();

    static S3ArchiveTests()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKIASECRETNAME");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret of the test");
    }

    public S3ArchiveTests()
        : base(DuckDbMemory.New) { }

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(S3Store.PartBytes, false)]
    [InlineData(SmallParts, true)]
    public async Task Rows_go_there_in_one_or_in_parts_and_come_back(long partBytes, bool inParts)
    {
        var (story, rows) = await BeginAsync(partBytes);
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(2, _store.Keys.Count);
        Assert.All(_store.Keys, k => Assert.StartsWith("a/b/", k, StringComparison.Ordinal));
        Assert.Equal(inParts, _store.Parts > 1);
        Assert.Equal(0, _store.OpenUploads);
        Assert.True(_store.Checked >= 2, "the checksums were not sent");
        Assert.True((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Agrees);
        Same(Before(rows, "2025-01-04"), await ReadAsync((await RestoreAsync(story)).Table));
        await story.WithAsync(l => l.PruneArchivesAsync([], Keep.Parse("1d")));
        Assert.Empty(_store.Keys);
    }

    [Theory]
    [InlineData("PUT", "partNumber=2", Fault.Cut)]
    [InlineData("PUT", "partNumber=2", Fault.Expired)]
    [InlineData("PUT", "partNumber=2", Fault.Busy)]
    [InlineData("POST", "uploadId", Fault.Cut)]
    [InlineData("POST", "uploads", Fault.Expired)]
    [InlineData("PUT", ".json", Fault.Cut)]
    [InlineData("PUT", ".json", Fault.Expired)]
    [InlineData("GET", "list-type", Fault.Cut)]
    [InlineData("GET", ".parquet", Fault.Cut)]
    [InlineData("GET", ".parquet", Fault.Longer)]
    [InlineData("GET", ".parquet", Fault.Shorter)]
    [InlineData("GET", ".parquet", Fault.Expired)]
    public async Task Whatever_breaks_nothing_is_lost_and_a_rerun_ends_it(string method, string path, Fault fault)
    {
        var (story, rows) = await BeginAsync(SmallParts);
        _store.Fails = (m, p) => m == method && p.Contains(path, StringComparison.Ordinal) ? fault : Fault.None;
        var outcome = await story.RunAsync("2025-01-11");
        Same(rows, await story.SourceAsync());
        string[] said = [.. outcome.Errors.Select(e => e.Message), .. outcome.Waits.Where(w => w.NeedsPerson).Select(w => w.Reason)];
        Assert.Single(said);
        Assert.DoesNotContain("AKIASECRETNAME", said[0], StringComparison.Ordinal);
        Assert.Contains(
            fault switch
            {
                Fault.Expired => "renew them",
                Fault.Shorter => "was cut",
                Fault.Busy => "503 SlowDown",
                _ => "the connection broke",
            },
            said[0],
            StringComparison.Ordinal
        );
        _store.Fails = (_, _) => Fault.None;
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        Same(Before(rows, "2025-01-04"), await ReadAsync((await RestoreAsync(story)).Table));
        Assert.Equal(2, _store.Keys.Count);
    }

    [Fact]
    public async Task What_breaks_once_is_tried_again()
    {
        var (story, rows) = await BeginAsync(SmallParts);
        var failed = 0;
        _store.Fails = (m, p) =>
            m == "PUT" && p.Contains("partNumber=2", StringComparison.Ordinal) && failed++ == 0 ? Fault.Busy : Fault.None;
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(2, failed);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
    }

    [Fact]
    public async Task An_upload_that_failed_is_taken_back()
    {
        var (story, _) = await BeginAsync(SmallParts);
        _store.Fails = (m, p) => p.Contains("partNumber=2", StringComparison.Ordinal) ? Fault.Expired : Fault.None;
        Assert.Contains(
            (await story.RunAsync("2025-01-11")).Errors,
            e => e is EngineException { Code: EngineCodes.ArchiveRefused, IsTransient: false }
        );
        Assert.Equal(0, _store.OpenUploads);
        Assert.Empty(_store.Keys);
    }

    [Theory]
    [InlineData("s3://bucket", "bucket", "", "s3://bucket")]
    [InlineData("s3://bucket/", "bucket", "", "s3://bucket")]
    [InlineData("s3://bucket/a/b/", "bucket", "a/b/", "s3://bucket/a/b")]
    [InlineData("s3://b.c-d/a?endpoint=https%3A%2F%2Fhost%3A9000&region=eu-1&pathStyle=true", "b.c-d", "a/", "s3://b.c-d/a")]
    public void A_location_is_read(string text, string bucket, string prefix, string name)
    {
        var location = S3Location.Read(text);
        Assert.Equal((bucket, prefix, name), (location.Bucket, location.Prefix, location.DisplayName));
    }

    [Theory]
    [InlineData("s3://", "names no bucket")]
    [InlineData("s3:///a", "names no bucket")]
    [InlineData("s3://bucket/../a", "a prefix")]
    [InlineData("s3://AKIA:hush@bucket/a", "credential")]
    [InlineData("s3://bucket/a?secretKey=hush", "credential")]
    [InlineData("s3://bucket/a?endpoint=ftp://x", "`endpoint`")]
    [InlineData("s3://bucket/a?pathStyle=yes", "`pathStyle`")]
    [InlineData("s3://bucket/a?what=1", "`what`")]
    public void A_location_that_is_wrong_is_refused_and_not_repeated(string text, string said)
    {
        var error = Assert.Throws<PolicyException>(() => S3Location.Read(text));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    private async Task<(Story Story, IReadOnlyList<SourceRow> Rows)> BeginAsync(long partBytes)
    {
        var (story, rows) = await BeginAsync();
        story.Archives = new Dictionary<string, string> { ["cold"] = _store.Location };
        story.ArchiveKinds = [new ArchiveKind("s3", text => new S3Store(S3Location.Read(text), partBytes))];
        return (story, rows);
    }
}
