using System.Numerics;

namespace Varve.Engines.Tests.Truth;

/// <summary>A rational number: sums and squares of doubles, integers and decimals without any rounding.</summary>
public sealed class Exact
{
    private readonly BigInteger _over;
    private readonly BigInteger _under;

    private Exact(BigInteger over, BigInteger under)
    {
        var common = BigInteger.GreatestCommonDivisor(over, under);
        (_over, _under) = common.IsOne || common.IsZero ? (over, under) : (over / common, under / common);
    }

    public static Exact Zero { get; } = new(0, 1);

    public static Exact Of(object value) =>
        value switch
        {
            double d => Of(d),
            float f => Of((double)f),
            decimal m => Of(m),
            bool b => new(b ? 1 : 0, 1),
            BigInteger i => new(i, 1),
            _ => new(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture), 1),
        };

    public static Exact operator +(Exact a, Exact b) => new((a._over * b._under) + (b._over * a._under), a._under * b._under);

    public static Exact operator -(Exact a, Exact b) => new((a._over * b._under) - (b._over * a._under), a._under * b._under);

    public static Exact operator *(Exact a, Exact b) => new(a._over * b._over, a._under * b._under);

    public static Exact operator /(Exact a, Exact b) =>
        b._over.Sign < 0 ? new(-a._over * b._under, a._under * -b._over) : new(a._over * b._under, a._under * b._over);

    public Exact Abs() => new(BigInteger.Abs(_over), _under);

    public bool Equals(Exact other) => _over * other._under == other._over * _under;

    public double ToDouble()
    {
        if (_over.IsZero)
            return 0;
        var shift = (int)Math.Max(0, 80 - (_over.GetBitLength() - _under.GetBitLength()));
        return Math.ScaleB((double)((_over << shift) / _under), -shift);
    }

    private static Exact Of(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0)
            exponent++;
        else
            mantissa |= 1L << 52;
        exponent -= 1075;
        BigInteger over = bits < 0 ? -mantissa : mantissa;
        return exponent >= 0 ? new(over << exponent, 1) : new(over, BigInteger.One << -exponent);
    }

    private static Exact Of(decimal value)
    {
        var parts = decimal.GetBits(value);
        var scale = (parts[3] >> 16) & 0xFF;
        var over = (new BigInteger((uint)parts[2]) << 64) | (new BigInteger((uint)parts[1]) << 32) | (uint)parts[0];
        return new(parts[3] < 0 ? -over : over, BigInteger.Pow(10, scale));
    }
}
