using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary>Answers for programs: every format, whole and in order, without ever being held as a whole.</summary>
public sealed class StreamingTests
{
    private const string All = "--every 10m --from 2025-03-01 --to 2025-03-21";

    [Theory]
    [InlineData("csv", ',')]
    [InlineData("tsv", '\t')]
    public async Task Separated_values_have_every_row_in_order(string format, char between)
    {
        using var box = await Sandbox.BuiltAsync();
        var lines = (await AnswerAsync(box, $"{All} -o {format}")).Out.TrimEnd('\n').Split('\n').Select(l => l.Split(between)).ToList();
        Assert.Equal(["ts", "host", "load_avg"], lines[0].Take(3));
        Ordered(lines.Skip(1).Select(l => (l[0], l[1])));
        var bare = (await AnswerAsync(box, $"{All} -o {format} --no-headers")).Out.TrimEnd('\n').Split('\n').Select(l => l.Split(between));
        Assert.Equal(lines.Skip(1), bare);
    }

    [Fact]
    public async Task Lines_of_json_are_the_rows_of_the_document()
    {
        using var box = await Sandbox.BuiltAsync();
        using var document = JsonDocument.Parse((await AnswerAsync(box, $"{All} -o json")).Out);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Ordered(rows.Select(r => (r.GetProperty("ts").GetString()!, r.GetProperty("host").GetString()!)));
        var lines = (await AnswerAsync(box, $"{All} -o ndjson")).Out.TrimEnd('\n').Split('\n');
        Assert.Equal(rows.Count, lines.Length);
        foreach (var (line, row) in lines.Zip(rows))
        {
            using var read = JsonDocument.Parse(line);
            Assert.True(JsonElement.DeepEquals(read.RootElement, row), line);
        }
    }

    [Fact]
    [Rule("query-parquet")]
    public async Task A_parquet_file_has_the_same_rows_with_types()
    {
        using var box = await Sandbox.BuiltAsync();
        var written = await AnswerAsync(box, $"{All} -o march.parquet");
        Assert.Contains("march.parquet  8,640 rows", written.Out, StringComparison.Ordinal);
        Assert.Equal(["march.parquet"], Directory.GetFileSystemEntries(box.Folder, "march*").Select(f => Path.GetFileName(f)));
        var file = Path.Combine(box.Folder, "march.parquet");
        Assert.Equal(
            8640,
            box.Count($"SELECT count(*) FROM '{file}' p JOIN cpu USING (ts, host) WHERE p.load_avg = cpu.load AND p.load_count = 1")
        );
        Assert.Equal(0, box.Count($"SELECT count(*) FROM (SELECT (ts, host) <= lag((ts, host)) OVER () AS back FROM '{file}') WHERE back"));
        Assert.Equal(
            1,
            box.Count(
                $"SELECT count(*) FROM (SELECT DISTINCT typeof(ts), typeof(load_avg), typeof(varve_complete) FROM '{file}') t WHERE t::VARCHAR LIKE '%TIMESTAMP%DOUBLE%BOOLEAN%'"
            )
        );
    }

    [Fact]
    public async Task A_parquet_file_of_no_rows_has_its_columns()
    {
        using var box = await Sandbox.BuiltAsync();
        await AnswerAsync(box, "--every 1d --from 2024-01-01 --to 2024-02-01 -o none.parquet");
        Assert.Equal(0, box.Count($"SELECT count(load_avg) + count(varve_complete) FROM '{Path.Combine(box.Folder, "none.parquet")}'"));
    }

    [Fact]
    [Rule("query-streams")]
    public async Task A_file_that_is_named_by_its_end_is_written_whole_or_not_at_all()
    {
        using var box = await Sandbox.BuiltAsync();
        var printed = await AnswerAsync(box, $"{All} -o csv");
        await AnswerAsync(box, $"{All} -o march.csv");
        Assert.Equal(printed.Out, await File.ReadAllTextAsync(Path.Combine(box.Folder, "march.csv")));
        var refused = await box.RunAsync("query", "cpu", "--columns", "nothing", "-o", "march.csv");
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal(printed.Out, await File.ReadAllTextAsync(Path.Combine(box.Folder, "march.csv")));
        Assert.Empty(Directory.GetFiles(box.Folder, "*.part"));
    }

    [Theory]
    [Rule("query-notes")]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("ndjson")]
    [InlineData("march.csv")]
    [InlineData("march.parquet")]
    public async Task Notes_go_to_standard_error_where_the_output_has_no_place_for_them(string output)
    {
        using var box = await Sandbox.BuiltAsync(keep: "7d");
        var answer = await AnswerAsync(box, $"--every 10m --from 2025-03-01 --to 2025-03-21 -o {output}");
        Assert.Contains("note", answer.Error, StringComparison.Ordinal);
        Assert.Contains("is answered by 1h", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("is answered by", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-o yaml", "ndjson")]
    [InlineData("-o json --no-headers", "--no-headers")]
    [InlineData("-o csv -x", "--expanded")]
    public async Task What_does_not_go_together_is_refused(string options, string said)
    {
        using var box = await Sandbox.AppliedAsync();
        var refused = await box.RunAsync(["query", "cpu", .. options.Split(' ')]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(said, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_as_lines_have_a_line_for_each_column()
    {
        using var box = await Sandbox.BuiltAsync();
        var lines = (await AnswerAsync(box, "--every 1d --from 2025-03-01 --to 2025-03-02 --where host=host1 -x")).Out.Split('\n');
        Assert.Contains(lines, l => l == "row 1");
        Assert.Contains(lines, l => l.Split("  ", StringSplitOptions.RemoveEmptyEntries) is ["load_count", "144"]);
    }

    /// <summary>Peak memory of an answer of many rows is that of one with a tenth as many.</summary>
    [Theory]
    [Rule("query-streams")]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("parquet")]
    public async Task Memory_does_not_grow_with_the_answer(string format)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Peak memory is read from /proc.");
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, 'host' || h AS host, (epoch(ts)::BIGINT % 101)::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 1 MINUTE) r(ts), range(30) s(h)"
        );
        box.Keep("forever");
        foreach (var args in new string[][] { ["apply", "cpu.yaml"], ["run", "--as-of", Sandbox.AsOf, "--yes"] })
            Assert.Equal(0, (await box.RunAsync(args)).ExitCode);
        var few = await PeakAsync(box, format, "2025-03-03");
        var many = await PeakAsync(box, format, "2025-03-21");
        Assert.True(
            many < few + (60 << 10),
            string.Create(CultureInfo.InvariantCulture, $"86,400 rows took {few} kB, 864,000 took {many} kB.")
        );
    }

    private static async Task<long> PeakAsync(Sandbox box, string format, string to)
    {
        var start = Tool.Command(
            box.Folder,
            ["query", "cpu", "--every", "1m", "--from", "2025-03-01", "--to", to, "-o", format, "--db", box.Db]
        );
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (peak, bytes) = (0L, new byte[1 << 16]);
        var output = process.StandardOutput.BaseStream;
        for (var reads = 0; await output.ReadAsync(bytes) > 0; reads++)
            if (reads % 16 == 0)
                peak = Math.Max(peak, Peak(process.Id));
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return peak;
    }

    // VmHWM only ever grows: the last value that is seen is the peak until then.
    private static long Peak(int id)
    {
        try
        {
            return File.ReadLines($"/proc/{id}/status")
                .Where(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Select(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
                .FirstOrDefault();
        }
        catch (IOException)
        {
            // It has ended meanwhile; what was seen before stands.
            return 0;
        }
    }

    private static void Ordered(IEnumerable<(string Ts, string Host)> rows)
    {
        var all = rows.ToList();
        Assert.Equal(20 * 144 * 3, all.Count);
        Assert.Equal(all.OrderBy(r => r.Ts, StringComparer.Ordinal).ThenBy(r => r.Host, StringComparer.Ordinal), all);
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    private static async Task<Transcript> AnswerAsync(Sandbox box, string options)
    {
        var answer = await box.RunAsync(["query", "cpu", .. options.Split(' ')]);
        Assert.True(answer.ExitCode == 0, answer.Text);
        return answer;
    }
}
