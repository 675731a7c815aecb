using System.Text;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A partition, or the whole of a table that has none.</summary>
/// <param name="values">The values of the partition columns as text.</param>
/// <param name="shards">Its shards.</param>
internal sealed class CratePartition(IReadOnlyList<string?> values, IReadOnlyList<CrateShard> shards)
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuv";

    internal IReadOnlyList<string?> Values => values;

    internal IReadOnlyList<CrateShard> Shards => shards;

    /// <summary>Another one when the same values come back after a drop.</summary>
    internal string Uuid { get; } = Convert.ToBase64String(Guid.CreateVersion7().ToByteArray())[..22].Replace('/', '_').Replace('+', '-');

    /// <summary>As CrateDB makes it from the values; empty for a table without partitions.</summary>
    internal string Ident { get; } = Encode(values);

    internal Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    internal bool IsClosed { get; set; }

    internal bool IsSealed =>
        Settings.GetValueOrDefault("blocks.write") == "true" || Settings.GetValueOrDefault("blocks.read_only") == "true";

    /// <summary>How many values, then each with its length and one, 0 for NULL; in base 32 of the larger alphabet.</summary>
    internal static string Encode(IReadOnlyList<string?> values)
    {
        if (values.Count == 0)
            return "";
        List<byte> bytes = [(byte)values.Count];
        foreach (var value in values)
        {
            var text = value is null ? [] : Encoding.UTF8.GetBytes(value);
            var length = value is null ? 0 : text.Length + 1;
            for (; length >= 128; length >>= 7)
                bytes.Add((byte)((length & 127) | 128));
            bytes.Add((byte)length);
            bytes.AddRange(text);
        }

        var ident = new StringBuilder();
        for (var bit = 0; bit < bytes.Count * 8; bit += 5)
        {
            var number = 0;
            for (var i = bit; i < bit + 5; i++)
                number = (number << 1) | (i < bytes.Count * 8 ? (bytes[i / 8] >> (7 - (i % 8))) & 1 : 0);
            ident.Append(Digits[number]);
        }

        return ident.ToString();
    }
}
