using Varve.CrateDb;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>Repositories are made with secrets that nobody sees again.</summary>
public sealed class RepositoryTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Secret = "s3cret-KEY/9";

    private static CrateDbRepository Cold =>
        new()
        {
            Name = "cold",
            Type = "s3",
            Settings = new Dictionary<string, string> { ["bucket"] = "b", ["region"] = "eu" },
            Secrets = new Dictionary<string, string> { ["access_key"] = "AK-77", ["secret_key"] = Secret },
        };

    [Fact]
    public async Task A_secret_is_in_nothing_that_making_using_and_failing_leaves()
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        List<string> left = [];
        await using (var database = await Db.OpenAsync())
        {
            await CrateDbRepositories.CreateAsync(database, Cold, Token);
            foreach (var one in await CrateDbRepositories.ListAsync(database, Token))
                left.Add($"{one.Name} {one.Type} {string.Join(' ', one.Settings)}");
            Assert.Equal("cold s3 [bucket, b] [region, eu] [access_key, ***] [secret_key, ***]", left[^1]);
            left.Add((await Assert.ThrowsAsync<EngineException>(() => CrateDbRepositories.CreateAsync(database, Cold, Token))).ToString());
            crate.Before = (call, _) =>
                Task.FromResult(
                    call.Says("CREATE REPOSITORY")
                        ? Reply.Error(500, 5006, $"RepositoryException[[warm] cannot use {Secret} of AK-77]")
                        : null
                );
            left.Add(
                (
                    await Assert.ThrowsAsync<EngineException>(() => CrateDbRepositories.CreateAsync(database, Named("warm"), Token))
                ).ToString()
            );
            crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        }

        await Db.ExecuteAsync(
            "CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION, day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day)"
        );
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.InsertAsync(Every("2025-03-20", "2025-03-25", "12h"));
        await story.ApplyAsync("table: m.cpu\ntime: ts\nseries: [host]\nsource: { expire: partitions }\narchive: cold\nkeep: 10d");
        var outcome = await story.RunWellAsync("2025-04-10");
        left.AddRange(outcome.Events.Select(e => e.ToString()!));
        left.AddRange(crate.Http.Calls.Select(c => c.Statement));
        foreach (var shape in await Db.ShapesAsync("varve"))
            left.AddRange((await Db.QueryAsync($"SELECT * FROM varve.{shape.Name}")).SelectMany(r => r).Select(v => v?.ToString() ?? ""));
        Assert.True(left.Count > 100);
        Assert.DoesNotContain(
            left,
            text => text.Contains(Secret, StringComparison.Ordinal) || text.Contains("AK-77", StringComparison.Ordinal)
        );
        Assert.Contains(crate.Http.Calls, c => c.Says("CREATE REPOSITORY") && c.Args.Any(a => a.GetString() == Secret));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static CrateDbRepository Named(string name) =>
        new()
        {
            Name = name,
            Type = Cold.Type,
            Settings = Cold.Settings,
            Secrets = Cold.Secrets,
        };
}
