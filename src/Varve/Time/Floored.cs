namespace Varve.Time;

/// <summary>Integer division that rounds towards −∞, so that dates before 1970 fall into the right bucket.</summary>
internal static class Floored
{
    internal static long Divide(long value, long divisor)
    {
        var quotient = value / divisor;
        return value % divisor < 0 ? quotient - 1 : quotient;
    }

    internal static long Remainder(long value, long divisor)
    {
        var remainder = value % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }
}
