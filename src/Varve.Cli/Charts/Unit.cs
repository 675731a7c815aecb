using System.Globalization;

namespace Varve.Cli.Charts;

/// <summary>What a number counts: how it is written, and which steps are round in it.</summary>
internal sealed class Unit
{
    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly string[] Decimal = ["", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] Small = ["m", "µ", "n", "p"];
    private static readonly string[] Symbols = ["W", "Wh", "V", "A", "VA", "J", "Hz", "Pa", "N", "F"];
    private static readonly (double Seconds, string Name)[] Times =
    [
        (86400, "d"),
        (3600, "h"),
        (60, "min"),
        (1, "s"),
        (1e-3, "ms"),
        (1e-6, "µs"),
        (1e-9, "ns"),
    ];
    private static readonly double[] Clock = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

    private readonly double _factor;
    private readonly string _symbol;
    private readonly string[] _prefixes;
    private readonly bool _isTime;

    private Unit(string symbol, double factor = 1, string[]? prefixes = null, double @base = 1000, bool isTime = false) =>
        (_symbol, _factor, _prefixes, Base, _isTime) = (symbol, factor, prefixes ?? [], @base, isTime);

    /// <summary>What one prefix is of the one before it.</summary>
    internal double Base { get; }

    /// <summary>Words that Varve knows; any other text stands behind the number as it is.</summary>
    internal static Unit Of(string? text) =>
        text switch
        {
            null or "" => new(""),
            "bytes" => new("B", prefixes: Binary, @base: 1024),
            "bytes/s" => new("B/s", prefixes: Binary, @base: 1024),
            "decbytes" => new("B", prefixes: Decimal),
            "decbytes/s" => new("B/s", prefixes: Decimal),
            "bits" => new("bit", prefixes: Decimal),
            "bits/s" => new("bit/s", prefixes: Decimal),
            "percent" => new("%"),
            "share" => new("%", 100),
            "seconds" => new("", isTime: true),
            "milliseconds" => new("", 1e-3, isTime: true),
            _ when Symbols.Contains(text, StringComparer.Ordinal) => new(text, prefixes: Decimal),
            _ => new(text),
        };

    /// <summary>A round step that divides a span into about so many parts.</summary>
    internal double Step(double span, int parts)
    {
        var raw = Math.Max(span * _factor, double.Epsilon * 1e3) / Math.Max(1, parts);
        if (_isTime && raw is > 0.5 and <= 86400)
            return Clock.First(c => c >= raw) / _factor;
        if (Base == 1024 && raw >= 1)
            return Math.Pow(2, Math.Ceiling(Math.Log2(raw) - 1e-9)) / _factor;
        var scale = _isTime && raw > 86400 ? 86400 : 1;
        return AxisTicks.Step(raw / scale, 1) * scale / _factor;
    }

    /// <summary>A number of the axis: as many digits as its step needs.</summary>
    internal string Tick(double value, double step) => Write(Math.Abs(value) < step * 1e-9 ? 0 : value * _factor, step * _factor);

    /// <summary>A number by itself, to about four digits.</summary>
    internal string Value(double? value) => value is { } number ? Write(number * _factor, 0) : Render.HumanText.None;

    private string Write(double value, double step)
    {
        if (value == 0)
            return Joined("0", _isTime ? "s" : _symbol);
        var size = Math.Abs(value);
        if (_isTime)
        {
            var (seconds, name) = Times.FirstOrDefault(t => size >= t.Seconds * 0.99999, Times[^1]);
            return Joined(Plain(value / seconds, step / seconds), name);
        }

        if (_prefixes.Length == 0)
            return Joined(Plain(value, step), _symbol);
        var power =
            size < 1 && _symbol is not "B" and not "B/s" ? -Math.Min(Small.Length, (int)Math.Ceiling(-Math.Log(size, Base) - 1e-9)) : 0;
        while (power >= 0 && power < _prefixes.Length - 1 && size / Math.Pow(Base, power) >= Base * 0.999999)
            power++;
        var scale = Math.Pow(Base, power);
        return Joined(Plain(value / scale, step / scale), (power < 0 ? Small[-power - 1] : _prefixes[power]) + _symbol);
    }

    private static string Joined(string number, string symbol) =>
        symbol.Length == 0 ? number
        : symbol is "%" or "°" ? number + symbol
        : $"{number} {symbol}";

    private static string Plain(double value, double step)
    {
        var size = Math.Abs(value);
        if (step <= 0)
            step =
                size >= 100 ? 0.1
                : size == 0 ? 1
                : Math.Pow(10, Math.Floor(Math.Log10(size)) - 2);
        var digits = (int)Math.Clamp(Math.Ceiling(Math.Log10(size / step)) + 1, 1, 15);
        if (size is >= 1e9 or < 1e-4 && size > 0)
            return value.ToString($"G{Math.Min(digits, 6).ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture);
        var decimals = (int)Math.Clamp(Math.Ceiling(-Math.Log10(step) - 1e-9) + (IsTenth(step) ? 0 : 1), 0, 12);
        return value.ToString(decimals == 0 ? "#,0" : $"#,0.{new string('#', decimals)}", CultureInfo.InvariantCulture);
    }

    // 0.2 needs one place, 0.25 and 1/6 need another.
    private static bool IsTenth(double step) =>
        step >= 1
            ? Math.Abs(step - Math.Round(step)) < 1e-9
            : Math.Pow(10, Math.Ceiling(-Math.Log10(step) - 1e-9)) * step is var whole && Math.Abs(whole - Math.Round(whole)) < 1e-6;
}
