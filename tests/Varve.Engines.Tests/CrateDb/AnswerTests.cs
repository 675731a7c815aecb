using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CsCheck;
using NodaTime;
using Varve.CrateDb.Http;
using Varve.Engines;

namespace Varve.Engines.Tests.CrateDb;

public sealed class AnswerTests
{
    [Fact]
    public async Task Values_have_the_types_that_the_answer_says()
    {
        var rows = await ReadAsync(
            """
            {"cols":["b","r","nan","inf","ninf","t","n","nu","ts","arr","o","ip","d","deep"],
             "col_types":[10,7,6,6,6,3,0,22,11,[100,9],12,5,24,[100,[100,11]]],
             "rows":[[9223372036854775807,1.5,"NaN","Infinity","-Infinity",true,null,1.20,1700000000000,[1,null,2],
               {"a":1,"b":{"c":[1.5,"x",false]}},"::1",19723,[[0],null]]],
             "rowcount":1,"duration":0.1}
            """
        );
        var row = Assert.Single(rows);
        Assert.Equal(long.MaxValue, row.Long(0));
        Assert.Equal(
            [1.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity],
            Enumerable.Range(1, 4).Select(i => (double)row[i]!)
        );
        Assert.True(row.Truth(5));
        Assert.True(row.IsNull(6));
        Assert.Equal("1.20", ((decimal)row[7]!).ToString(CultureInfo.InvariantCulture));
        Assert.Equal(Instant.FromUtc(2023, 11, 14, 22, 13, 20), row[8]);
        Assert.Equal([1L, null, 2L], (object?[])row[9]!);
        var o = (Dictionary<string, object?>)row[10]!;
        Assert.Equal(1L, o["a"]);
        Assert.Equal([1.5, "x", false], (object?[])((Dictionary<string, object?>)o["b"]!)["c"]!);
        Assert.Equal("::1", row.Text(11));
        Assert.Equal(Instant.FromUnixTimeSeconds(0), ((object?[])((object?[])row[13]!)[0]!)[0]);
    }

    [Theory]
    [InlineData("12345678901234567890.0123456789", "12345678901234567890.0123456789")]
    [InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("-0.00000000000000000000000000000000000001", "-0.00000000000000000000000000000000000001")]
    [InlineData("-1.5E+3", "-1500")]
    [InlineData("15E-1", "1.5")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("0.10", "0.10")]
    public async Task A_decimal_has_all_of_its_digits(string sent, string read)
    {
        var value = (await ReadAsync($$"""{"cols":["n"],"col_types":[22],"rows":[[{{sent}}]],"rowcount":1}"""))[0][0];
        Assert.Equal(read, Convert.ToString(value, CultureInfo.InvariantCulture));
        Assert.True(value is decimal or BigInteger or string);
    }

    [Fact]
    public async Task Timestamps_beyond_the_years_that_instants_have_are_infinite()
    {
        var row = (
            await ReadAsync(
                """
                {"cols":["a","b","c"],"col_types":[11,15,11],"rows":[[-9223372036854775807,9223372036854775806,-1]],"rowcount":1}
                """
            )
        )[0];
        Assert.Equal(
            [Instant.MinValue, Instant.MaxValue, Instant.FromUnixTimeMilliseconds(-1)],
            Enumerable.Range(0, 3).Select(i => row[i])
        );
    }

    [Fact]
    public async Task Every_recorded_answer_is_read_as_it_was_sent()
    {
        var answers = Recorded.All.Where(e => e.Http == 200).ToList();
        Assert.True(answers.Count > 150);
        foreach (var exchange in answers)
        {
            using var json = JsonDocument.Parse(exchange.Body);
            var expected = json.RootElement.TryGetProperty("rows", out var rows)
                ? rows.EnumerateArray().Count(r => r.GetArrayLength() > 0)
                : 0;
            var (read, reader) = await ReadWholeAsync(exchange.Body, 7);
            Assert.Equal(expected, read.Count);
            if (json.RootElement.TryGetProperty("rowcount", out var count))
                Assert.Equal(count.GetInt64() < 0 ? null : count.GetInt64(), reader.RowCount);
            else
                Assert.NotNull(reader.Results);
        }
    }

    [Fact]
    public async Task Where_the_network_cuts_an_answer_into_parts_makes_no_difference() =>
        await Gen.Select(Gen.Int[1, 40], Gen.String.Array[0, 5], Gen.Long.Array[0, 5])
            .SampleAsync(
                async (part, texts, numbers) =>
                {
                    var rows = texts.Zip(numbers).ToList();
                    var body = JsonSerializer.Serialize(
                        new
                        {
                            duration = 1.5,
                            cols = new[] { "t", "n" },
                            col_types = new[] { 4, 10 },
                            rows = rows.Select(r => new object[] { r.First, r.Second }),
                            rowcount = rows.Count,
                        }
                    );
                    var (read, reader) = await ReadWholeAsync(body, part);
                    Assert.Equal(
                        rows.Select(r => (JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(r.First))!, r.Second)),
                        read.Select(r => (r.Text(0), r.Long(1)))
                    );
                    Assert.Equal((rows.Count, 2), (reader.RowCount, reader.Columns.Count));
                },
                iter: 300
            );

    [Theory]
    [InlineData("""{"cols":["a"],"col_types":[9],"rows":[[1],[2]""")]
    [InlineData("""{"cols":["a"],"col_types":[9],"rows":[[1],[2]],""")]
    [InlineData("""{"cols":["a"]""")]
    [InlineData("")]
    public Task An_answer_that_ends_in_the_middle_is_none(string body) => Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(body));

    [Theory]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"cols":["a"],"rows":[[1]],"col_types":[9]}""")]
    [InlineData("""{"cols":["a"],"col_types":[9],"rows":[[1,2]]}""")]
    [InlineData("""{"cols":["a"],"col_types":[9,9],"rows":[[1]]}""")]
    [InlineData("""{"cols":["a"],"col_types":[9],"rows":[7]}""")]
    [InlineData("""{"cols":["a"],"col_types":[6],"rows":[["seven"]]}""")]
    public Task What_is_no_answer_is_refused(string body) => Assert.ThrowsAnyAsync<JsonException>(() => ReadAsync(body));

    [Fact]
    public async Task A_million_rows_are_read_with_the_memory_of_one()
    {
        using var stream = new ManyRows(1_000_000);
        await using var reader = new AnswerReader(stream);
        var (count, sum) = (0L, 0L);
        while (await reader.ReadAsync(CancellationToken.None) is { } row)
        {
            count++;
            sum += (long)((Dictionary<string, object?>)row[3]!)["day"]!;
        }

        Assert.Equal((1_000_000L, 1_000_000L * 999_999 / 2), (count, sum));
        Assert.True(stream.Sent > 100_000_000, $"{stream.Sent} bytes were sent");
        Assert.True(reader.Held <= 64 * 1024, $"{reader.Held} bytes were held");
    }

    private static async Task<List<Row>> ReadAsync(string body) => (await ReadWholeAsync(body, 10_000)).Rows;

    private static async Task<(List<Row> Rows, AnswerReader Reader)> ReadWholeAsync(string body, int part)
    {
        await using var reader = new AnswerReader(new InParts(Encoding.UTF8.GetBytes(body), part));
        List<Row> rows = [];
        while (await reader.ReadAsync(CancellationToken.None) is { } row)
            rows.Add(row);
        return (rows, reader);
    }

    /// <summary>Never more than some bytes at a time.</summary>
    private sealed class InParts(byte[] bytes, int part) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(part, buffer.Length)], cancellationToken);
    }

    /// <summary>The partitions of a table that has very many, made while they are read.</summary>
    private sealed class ManyRows(int count) : MemoryStream
    {
        private static readonly string s_blanks = new(' ', 30);
        private static readonly byte[] s_end = Encoding.UTF8.GetBytes("""],"rowcount":1000000,"duration":1.0}""");

        private byte[] _rest = Encoding.UTF8.GetBytes(
            """
            {"cols":["table_schema","table_name","partition_ident","values","number_of_shards"],"col_types":[4,4,4,12,9],"rows":[
            """
        );
        private int _next;

        internal long Sent { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_rest.Length == 0)
            {
                if (_next > count)
                    return new(0);
                _rest = _next == count ? s_end : Encoding.UTF8.GetBytes(Row(_next));
                _next++;
            }

            var length = Math.Min(_rest.Length, buffer.Length);
            _rest.AsSpan(0, length).CopyTo(buffer.Span);
            _rest = _rest[length..];
            Sent += length;
            return new(length);
        }

        private static string Row(int day)
        {
            var values = string.Create(CultureInfo.InvariantCulture, $"{{\"day\":{day}}}");
            return $"{(day == 0 ? "" : ",")}[\"varve_t\",\"machine_temperature\",\"04732dhp74sj4c1g60o30c1g\",{values},4]{s_blanks}";
        }
    }
}
