using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using NodaTime;
using Varve.CrateDb;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

public sealed partial class StatementTests
{
    private static string File =>
        Here() is { } source && System.IO.File.Exists(source)
            ? Path.Combine(Path.GetDirectoryName(source)!, "..", "Approvals", "cratedb-statements.sql")
            : Path.Combine(AppContext.BaseDirectory, "Approvals", "cratedb-statements.sql");

    private static IReadOnlyList<(string Name, string Text)> Sent => [.. StatementBook.All.Select(s => (s.Name, s.Rendered.Text))];

    [Fact]
    public void Every_statement_is_as_it_was_approved()
    {
        var made = StatementBook.Text();
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            System.IO.File.WriteAllText(File, made);
        Assert.Equal(System.IO.File.ReadAllText(File).ReplaceLineEndings("\n"), made);
        Assert.Equal(StatementBook.All.Count, StatementBook.All.Select(s => s.Name).Distinct().Count());
    }

    [Fact]
    public void No_sum_is_of_doubles() =>
        None(text =>
            Sums()
                .Matches(text)
                .Select(m => m.Groups["of"].Value)
                .Where(of =>
                    !of.Contains("::NUMERIC", StringComparison.Ordinal)
                    && !of.Contains("AS NUMERIC", StringComparison.Ordinal)
                    && !WholeState().IsMatch(of)
                )
        );

    [Fact]
    public void Nothing_is_changed_by_a_condition_that_is_tested_on_the_last_refresh() =>
        None(text =>
            text.StartsWith("UPDATE", StringComparison.Ordinal)
            && !(text.Contains("\"_seq_no\" =", StringComparison.Ordinal) && text.Contains("\"_primary_term\" =", StringComparison.Ordinal))
                ? [text]
                : []
        );

    [Fact]
    public void No_statement_uses_what_is_wrong_or_missing_in_cratedb() => None(text => Wrong().Matches(text).Select(m => m.Value));

    [Fact]
    public void Nothing_is_removed_without_a_condition() =>
        None(text =>
            text.StartsWith("DELETE", StringComparison.Ordinal) && !text.Contains(" WHERE ", StringComparison.Ordinal) ? [text] : []
        );

    [Fact]
    public void What_removes_older_generations_names_lower_ones_only()
    {
        List<string> removals = [.. Sent.Where(s => s.Name.EndsWith(", what vanished", StringComparison.Ordinal)).Select(s => s.Text)];
        Assert.Equal(2, removals.Count);
        Assert.All(removals, text => Assert.EndsWith("\"varve_gen\" < 7", text, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_written_by_a_select_is_fenced_by_its_generation() =>
        Assert.All(
            Sent.Where(s => s.Text.StartsWith("INSERT", StringComparison.Ordinal) && s.Text.Contains("SELECT", StringComparison.Ordinal)),
            s =>
            {
                Assert.Contains("ON CONFLICT", s.Text, StringComparison.Ordinal);
                Assert.Contains("\"varve_gen\" = greatest(\"varve_gen\", excluded.\"varve_gen\")", s.Text, StringComparison.Ordinal);
                var set = s.Text[s.Text.IndexOf("DO UPDATE SET", StringComparison.Ordinal)..];
                Assert.Equal(set.Split("excluded.").Length - 1, (2 * (set.Split("CASE WHEN").Length - 1)) + 1);
            }
        );

    [Fact]
    public void Altering_a_table_names_one_partition_or_only_new_ones() =>
        None(text =>
            text.StartsWith("ALTER", StringComparison.Ordinal)
            && !text.Contains(" PARTITION (", StringComparison.Ordinal)
            && !text.Contains(" ADD COLUMN ", StringComparison.Ordinal)
            && !text.StartsWith("ALTER TABLE ONLY", StringComparison.Ordinal)
                ? [text]
                : []
        );

    [Fact]
    public void Two_hundred_partitions_of_two_columns_fit_into_one_statement_and_more_do_not()
    {
        var table = new TableName("metrics", new string('t', 200));
        IReadOnlyList<IReadOnlyList<PartitionValue>> Many(int count) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i =>
                        (IReadOnlyList<PartitionValue>)
                            [
                                new(new("day", "timestamp with time zone", null), Instant.FromUnixTimeSeconds(86_400 * i)),
                                new(new("region", "text", null), $"region-{i % 40}"),
                            ]
                    ),
            ];

        var statement = PartitionShapes.Drop(table, Many(200)).Render(new CrateDbDialect());
        Assert.True(statement.Text.Length < 262_144 / 4, $"{statement.Text.Length} characters");
        Assert.Equal(200, statement.Values.Count);
        Assert.Equal(199, statement.Text.Split(" OR ").Length - 1);
        Assert.Throws<ArgumentException>(() => PartitionShapes.Drop(table, Many(201)));
        Assert.Throws<ArgumentException>(() => PartitionShapes.Drop(table, []));
        Assert.Throws<ArgumentException>(() =>
            PartitionShapes.Drop(
                table,
                [
                    [],
                ]
            )
        );
        Assert.Throws<ArgumentException>(() => PartitionShapes.Drop(table, [Many(1)[0], [Many(1)[0][0]]]));
        Assert.Throws<ArgumentException>(() => PartitionShapes.Seal(table, [new(new("day", "timestamp", null), null)]));
    }

    // EqualityExtractor of CrateDB: combinations of what is named of each column, and of none, up to the 10,000th.
    [Theory]
    [InlineData(200, 200, 1, 1)]
    [InlineData(200, 200, 40, 1)]
    [InlineData(99, 99, 98, 1)]
    [InlineData(99, 99, 99, 2)]
    [InlineData(200, 200, 200, 3)]
    [InlineData(401, 1, 401, 3)]
    public void No_statement_names_more_combinations_of_values_than_the_server_tries(int count, int days, int regions, int statements)
    {
        List<IReadOnlyList<PartitionValue>> all =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    (IReadOnlyList<PartitionValue>)
                        [
                            new(new("day", "timestamp with time zone", null), Instant.FromUnixTimeSeconds(86_400 * (i % days))),
                            new(new("region", "text", null), $"region-{i % regions}"),
                        ]
                ),
        ];
        var lots = PartitionShapes.Lots(all, p => p).ToList();
        Assert.Equal(statements, lots.Count);
        Assert.Equal(all, lots.SelectMany(l => l));
        Assert.All(
            lots,
            lot =>
                Assert.InRange(Enumerable.Range(0, 2).Aggregate(1, (n, i) => n * (lot.DistinctBy(p => p[i].Value).Count() + 1)), 1, 9_999)
        );
        Assert.All(lots, lot => PartitionShapes.Drop(new("m", "t"), lot));
        if (statements > 1 && count <= PartitionShapes.Most)
            Assert.Throws<ArgumentException>(() => PartitionShapes.Drop(new("m", "t"), all));
    }

    [Fact]
    public void The_name_of_what_is_restored_is_no_pattern() =>
        Assert.EndsWith(
            "table_rename_pattern = '^a\\$1$', table_rename_replacement = 'a\\$1_drill')",
            SnapshotShapes.RestoreBeside("r", "s", new("m", "a$1"), [], "a$1_drill").RenderInline(new CrateDbDialect()).Text,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("payload['temperature']", "\"payload\"['temperature']")]
    [InlineData("payload['a']['b']", "\"payload\"['a']['b']")]
    [InlineData("payload['a' OR 1=1 --']", "\"payload\"['a'' OR 1=1 --']")]
    [InlineData("Über", "\"Über\"")]
    public void Names_are_quoted(string name, string quoted) => Assert.Equal(quoted, new CrateDbDialect().Quote(new(name)));

    [Fact]
    public async Task CrateDbs_own_grammar_takes_every_statement()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "artifacts", "sqlparse");
        var parser = Path.Combine(folder, "node_modules", "@cratedb", "cratedb-sqlparse");
        if (!Directory.Exists(parser))
            Assert.Skip("The grammar of CrateDB is not here: npm install --prefix artifacts/sqlparse @cratedb/cratedb-sqlparse@0.0.17");
        var start = new ProcessStartInfo("node", ["--input-type=module", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var node = Process.Start(start)!;
        await node.StandardInput.WriteAsync(
            $$"""
            import { sqlparse } from '@cratedb/cratedb-sqlparse';
            const statements = {{System.Text.Json.JsonSerializer.Serialize(Sent.Select(s => new[] { s.Name, s.Text }))}};
            let wrong = 0;
            for (const [name, text] of statements) {
              const [parsed] = sqlparse(text);
              if (!parsed || parsed.exception) { wrong++; console.log(name + ': ' + (parsed ? parsed.exception.errorMessage : 'nothing')); }
            }
            const [bad] = sqlparse('SELEC 1');
            console.log(wrong + ' of ' + statements.length + ' refused' + (bad && bad.exception ? '' : ', and nothing ever is'));
            """
        );
        node.StandardInput.Close();
        var said = await node.StandardOutput.ReadToEndAsync();
        Assert.True(said.TrimEnd() == $"0 of {Sent.Count} refused", said + await node.StandardError.ReadToEndAsync());
    }

    private static void None(Func<string, IEnumerable<string>> violations) =>
        Assert.Empty(Sent.SelectMany(s => violations(s.Text).Select(v => $"{s.Name}: {v}")));

    private static string Here([CallerFilePath] string path = "") => path;

    // Up to the closing bracket of the call, brackets inside of it included.
    [GeneratedRegex(@"\bsum\((?<of>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")]
    private static partial Regex Sums();

    // Counts, exact sums and what was summed as NUMERIC one level below.
    [GeneratedRegex("^(number_of_shards|size|varve_found|varve_kept|\"varve_(rows|covered)\"|\"[a-z]+_(count|nan|pinf|ninf)\")$")]
    private static partial Regex WholeState();

    [GeneratedRegex(
        @"\b(stddev\w*|variance|FULL JOIN|EXCEPT|INTERSECT|MERGE|bool_and|bool_or|ROLLBACK|SAVEPOINT|BEGIN)\b|[<>]=? " + @"'-?Infinity'"
    )]
    private static partial Regex Wrong();
}
