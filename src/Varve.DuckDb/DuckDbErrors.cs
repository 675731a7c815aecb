using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Varve.Engines;

namespace Varve.DuckDb;

/// <summary>
/// DuckDB's errors as Varve's, told apart by its own words where the driver gives no type. DuckDB quotes statements and
/// values in its messages, so only names and numbers that are known to be harmless are taken over.
/// </summary>
internal static partial class DuckDbErrors
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static readonly (string Words, DuckDBErrorType Type)[] s_words =
    [
        ("Conversion Error", DuckDBErrorType.Conversion),
        ("Out of Range Error", DuckDBErrorType.OutOfRange),
        ("Constraint Error", DuckDBErrorType.Constraint),
        ("Dependency Error", DuckDBErrorType.Dependency),
        ("Out of Memory Error", DuckDBErrorType.OutOfMemory),
        ("TransactionContext Error", DuckDBErrorType.Transaction),
        ("Permission Error", DuckDBErrorType.Permission),
        ("INTERRUPT Error", DuckDBErrorType.Interrupt),
        ("INTERNAL Error", DuckDBErrorType.Internal),
        ("FATAL Error", DuckDBErrorType.Fatal),
    ];

    /// <summary>True where a statement was interrupted.</summary>
    public static bool IsInterrupt(Exception error) =>
        error is OperationCanceledException
        || (error is DuckDBException known && TypeOf(known.ErrorType, known.Message) == DuckDBErrorType.Interrupt);

    /// <summary>The error as the caller should see it; null for what is not DuckDB's.</summary>
    public static VarveException? Read(Exception error, string database) =>
        error switch
        {
            DuckDBException known => Read(known, known.Message, database),
            OperationCanceledException => new EngineException(
                EngineCodes.Interrupted,
                $"{database}: the statement was interrupted from outside. Nothing of it was kept; run again.",
                isTransient: true,
                error
            ),
            _ => null,
        };

    private static VarveException Read(DuckDBException error, string text, string database)
    {
        if (Holder().Match(text) is { Success: true } holder)
            return new BusyException(
                $"{database} is held by another process: {holder.Groups[1].Value} (PID {holder.Groups[2].Value}). Wait until it has closed it, or stop it, then run again.",
                error
            );
        var (code, message) = DuckDbFileErrors.Read(text) ?? Told(TypeOf(error.ErrorType, text), text);
        return new EngineException(code, $"{database}: {message}", isTransient: code == EngineCodes.Conflict, error);
    }

    /// <summary>
    /// What fails before a statement runs, in a constant for example, comes without a type and has it in its first words.
    /// </summary>
    private static DuckDBErrorType TypeOf(DuckDBErrorType type, string text) =>
        type == DuckDBErrorType.Invalid && Array.Find(s_words, w => text.StartsWith(w.Words, Ordinal)) is { Words: not null } known
            ? known.Type
            : type;

    private static (string Code, string Message) Told(DuckDBErrorType type, string text) =>
        type switch
        {
            DuckDBErrorType.OutOfMemory => (
                EngineCodes.OutOfMemory,
                "the work did not fit into memory. Raise memory_limit (duckdb:FILE?memory_limit=2GB), or use fewer threads (threads=1)."
            ),
            DuckDBErrorType.Transaction when text.Contains("read-only", Ordinal) => (
                EngineCodes.ReadOnly,
                "it is open for reading only. Open it for writing, without ReadOnly."
            ),
            DuckDBErrorType.Transaction => (
                EngineCodes.Conflict,
                "another transaction changed the same rows first. Nothing was kept; run again."
            ),
            DuckDBErrorType.Fatal or DuckDBErrorType.Internal => (
                EngineCodes.Damaged,
                $"DuckDB gave up: {Line(text)} Open the database again; if it happens again, report it with the version of DuckDB."
            ),
            DuckDBErrorType.Conversion => (
                EngineCodes.Conversion,
                $"a value could not be converted{Target(text)}. Look for values that do not fit their column's type."
            ),
            DuckDBErrorType.OutOfRange => (
                EngineCodes.Overflow,
                $"a result is out of range{Operation(text)}. A sum has at most 38 digits, a timestamp lies within DuckDB's years."
            ),
            DuckDBErrorType.Constraint => (
                EngineCodes.Constraint,
                "a constraint of a table forbids it. Look at its keys, checks and NOT NULL columns."
            ),
            DuckDBErrorType.Dependency => (EngineCodes.Constraint, "something else in the database depends on it. Remove that first."),
            DuckDBErrorType.Permission => (EngineCodes.ReadOnly, "the settings of this connection forbid it."),
            DuckDBErrorType.Interrupt => (
                EngineCodes.Interrupted,
                "the statement was interrupted from outside. Nothing of it was kept; run again."
            ),
            _ => Worded(text),
        };

    private static (string Code, string Message) Worded(string text)
    {
        if (text.Contains(DuckDbDialect.SumTooLarge, Ordinal))
            return (
                EngineCodes.Overflow,
                "a sum has more than 38 digits. Leave sum and avg out for that measure, or measure in a larger unit."
            );
        if (text.Contains("read-only", Ordinal))
            return (EngineCodes.ReadOnly, "it is open for reading only. Open it for writing, without ReadOnly.");
        if (text.Contains("already exists", Ordinal))
            return (EngineCodes.NameTaken, $"{Names(text, "a name")} exists already.");
        if (text.Contains("write-write conflict", Ordinal))
            return (EngineCodes.Conflict, "another transaction changed the same definition first. Nothing was kept; run again.");
        if (text.Contains("does not exist", Ordinal) || text.Contains("not found in", Ordinal))
            return (
                EngineCodes.Unknown,
                $"{Names(text, "a relation, column or function")} does not exist. Was it renamed or dropped? `varve check` compares policies with the database."
            );
        if (text.Contains("Ambiguous reference to catalog or schema", Ordinal))
            return (
                EngineCodes.Unknown,
                "a schema has the name of an attached database, and a view names it without saying which. Rename or attach one of them otherwise."
            );
        if (text.StartsWith("Error setting", Ordinal) || text.Contains("unrecognized configuration", Ordinal))
            return (
                EngineCodes.Setting,
                $"DuckDB refused a setting: {Line(text)}. Write memory_limit as 640MB or 2GiB, threads as a number."
            );
        if (text.Contains("Parser Error", Ordinal) || text.Contains("Binder Error", Ordinal))
            return (
                EngineCodes.Statement,
                "DuckDB did not understand a statement of Varve's. Report it with `varve plan --sql` and the version of DuckDB."
            );
        return (EngineCodes.Refused, $"DuckDB refused: {Kind(text)}. The steps of the run (`varve history`) say at which statement.");
    }

    /// <summary>The first line, which for settings and fatal errors holds no value of a row.</summary>
    private static string Line(string text) => text.Split('\n')[0].Trim();

    /// <summary>The kind of an error, without its text.</summary>
    private static string Kind(string text) => ErrorKind().Match(text) is { Success: true } kind ? kind.Value : "an unknown error";

    private static string Target(string text) => TargetType().Match(text) is { Success: true } type ? $" to {type.Groups[1].Value}" : "";

    private static string Operation(string text) => Overflowing().Match(text) is { Success: true } operation ? $" ({operation.Value})" : "";

    private static string Names(string text, string otherwise) =>
        Named().Match(text) is { Success: true } name
            ? $"{name.Groups[1].Value.ToLowerInvariant()} {name.Groups[2].Value.Trim('"')}"
            : otherwise;

    [GeneratedRegex(@"Conflicting lock is held in (.+?) \(PID (\d+)\)")]
    private static partial Regex Holder();

    [GeneratedRegex(@"^[A-Z][A-Za-z]+(?: [A-Za-z]+)* Error")]
    private static partial Regex ErrorKind();

    [GeneratedRegex(@" to (?:type )?([A-Z][A-Z0-9_]*(?:\(\d+, ?\d+\))?)")]
    private static partial Regex TargetType();

    [GeneratedRegex(@"Overflow in [A-Za-z0-9 ]*[A-Za-z0-9]|[A-Z_]+ is out of range")]
    private static partial Regex Overflowing();

    [GeneratedRegex(@"(Table|View|Schema|Catalog(?= "")|[Cc]olumn|Function|Type) (?:with name )?(""(?:[^""]|"""")+""|\S+)")]
    private static partial Regex Named();
}
