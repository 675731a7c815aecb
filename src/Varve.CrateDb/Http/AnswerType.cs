namespace Varve.CrateDb.Http;

/// <summary>The type of a column of an answer, as <c>col_types</c> numbers it.</summary>
/// <param name="Id">CrateDB's number.</param>
/// <param name="Of">The type of the elements of an array; null for what is none.</param>
internal sealed record AnswerType(int Id, AnswerType? Of = null)
{
    public const int Null = 0;
    public const int Byte = 2;
    public const int Bool = 3;
    public const int Text = 4;
    public const int Ip = 5;
    public const int Double = 6;
    public const int Real = 7;
    public const int Short = 8;
    public const int Int = 9;
    public const int Long = 10;
    public const int TimestampTz = 11;
    public const int Object = 12;
    public const int GeoPoint = 13;
    public const int Timestamp = 15;
    public const int Interval = 17;
    public const int Numeric = 22;
    public const int Date = 24;
    public const int Bit = 25;
    public const int Char = 27;
    public const int FloatVector = 28;
    public const int Uuid = 29;
    public const int Array = 100;
}
