using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using NodaTime;
using Varve.Policies;

namespace Varve.Sql;

/// <summary>
/// A statement or a part of one. The only way to make it is an interpolated string: its literal text was written by a
/// programmer, names are quoted by the dialect, and values of a closed set become parameters or checked literals.
/// Nothing else can get in: there is no overload for objects, and none that takes text as SQL.
/// </summary>
[Experimental("VARVE001")]
[InterpolatedStringHandler]
public sealed class SqlText
{
    private readonly List<Part> _parts = [];

    /// <summary>Called by the compiler.</summary>
    public SqlText(int literalLength, int formattedCount) { }

    private SqlText() { }

    /// <summary>The empty statement part.</summary>
    public static SqlText Empty { get; } = new();

    /// <summary>True where nothing was written.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The relations that are named in it, in the order in which they stand there; each as often as it does.</summary>
    public IEnumerable<TableName> Relations => _parts.OfType<Part.Relation>().Select(p => p.Table);

    /// <summary>Called by the compiler: text that the programmer wrote.</summary>
    public void AppendLiteral([ConstantExpected] string value) => _parts.Add(new Part.Literal(value));

    /// <summary>A name, quoted by the dialect.</summary>
    public void AppendFormatted(Identifier value) => _parts.Add(new Part.Name(value));

    /// <summary>A relation, qualified and quoted by the dialect.</summary>
    public void AppendFormatted(TableName value) => _parts.Add(new Part.Relation(value));

    /// <summary>Another part, spliced in.</summary>
    public void AppendFormatted(SqlText value) => _parts.AddRange(value._parts);

    /// <summary>A text value.</summary>
    public void AppendFormatted(string? value) => _parts.Add(new Part.Value(value is null ? SqlValue.Null : new SqlValue.Text(value)));

    /// <summary>An integer value.</summary>
    public void AppendFormatted(long value) => _parts.Add(new Part.Value(new SqlValue.Integer(value)));

    /// <summary>A double value.</summary>
    public void AppendFormatted(double value) => _parts.Add(new Part.Value(new SqlValue.Real(value)));

    /// <summary>A decimal value.</summary>
    public void AppendFormatted(decimal value) => _parts.Add(new Part.Value(new SqlValue.Exact(value)));

    /// <summary>A truth value.</summary>
    public void AppendFormatted(bool value) => _parts.Add(new Part.Value(new SqlValue.Truth(value)));

    /// <summary>An instant, as a timestamp without zone in UTC.</summary>
    public void AppendFormatted(Instant value) => _parts.Add(new Part.Value(new SqlValue.Time(value)));

    /// <summary>A person's own statement, as it stands, with the ends of its window as text that travels beside it.</summary>
    internal void AppendFormatted(BoundSql value)
    {
        foreach (var (text, instant) in value.Parts)
        {
            if (text is not null)
            {
                _parts.Add(new Part.Literal(text));
                continue;
            }

            _parts.AddRange([new Part.Literal("CAST("), new Part.Value(new SqlValue.Text(instant!)), new Part.Literal(" AS TIMESTAMP)")]);
        }
    }

    /// <summary>Refused: a character would slip in as a number.</summary>
    [Obsolete("Write a string.", error: true)]
    public void AppendFormatted(char value) => throw new NotSupportedException();

    /// <summary>Refused: instants are NodaTime's.</summary>
    [Obsolete("Use a NodaTime Instant.", error: true)]
    public void AppendFormatted(DateTime value) => throw new NotSupportedException();

    /// <summary>Refused: instants are NodaTime's.</summary>
    [Obsolete("Use a NodaTime Instant.", error: true)]
    public void AppendFormatted(DateTimeOffset value) => throw new NotSupportedException();

    /// <summary>Parts one after the other with text that the programmer wrote between them.</summary>
    public static SqlText Join([ConstantExpected] string separator, IEnumerable<SqlText> parts)
    {
        var joined = new SqlText();
        foreach (var part in parts)
        {
            if (joined._parts.Count > 0)
                joined._parts.Add(new Part.Literal(separator));
            joined._parts.AddRange(part._parts);
        }

        return joined;
    }

    /// <summary>The statement for one engine: its text, and the values that travel beside it.</summary>
    public RenderedSql Render(Dialect dialect)
    {
        var text = new StringBuilder();
        List<SqlValue> values = [];
        foreach (var part in _parts)
        {
            if (part is Part.Value { Content: var value } && !dialect.Inlines(value))
            {
                values.Add(value);
                text.Append(dialect.Placeholder(values.Count));
            }
            else
            {
                text.Append(Inline(part, dialect));
            }
        }

        return new(text.ToString(), values);
    }

    /// <summary>The statement with every value written out: for DDL, which takes no parameters, and for people.</summary>
    public RenderedSql RenderInline(Dialect dialect) => new(string.Concat(_parts.Select(part => Inline(part, dialect))), []);

    private static string Inline(Part part, Dialect dialect) =>
        part switch
        {
            Part.Literal literal => literal.Text,
            Part.Name name => dialect.Quote(name.Identifier),
            Part.Relation relation => dialect.Qualify(relation.Table),
            Part.Value value => dialect.Literal(value.Content),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private abstract record Part
    {
        private Part() { }

        public sealed record Literal(string Text) : Part;

        public sealed record Name(Identifier Identifier) : Part;

        public sealed record Relation(TableName Table) : Part;

        public sealed record Value(SqlValue Content) : Part;
    }
}

/// <summary>What is sent: text, and the values of its placeholders in order.</summary>
/// <param name="Text">The statement in the engine's language.</param>
/// <param name="Values">The values of the placeholders, in order.</param>
[Experimental("VARVE001")]
public sealed record RenderedSql(string Text, IReadOnlyList<SqlValue> Values);
