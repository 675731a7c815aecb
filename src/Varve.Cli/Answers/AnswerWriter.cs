using Varve.Cli.Render;
using Varve.Reading;

namespace Varve.Cli.Answers;

/// <summary>An answer as bytes for programs, written while it is read.</summary>
internal abstract class AnswerWriter : IDisposable
{
    private bool _begun;

    /// <summary>True once something was written.</summary>
    internal bool HasBegun => _begun;

    /// <summary>What comes before the rows.</summary>
    protected abstract void Begin(QueryAnswer head);

    /// <summary>Some rows.</summary>
    protected abstract void Write(QueryAnswer slice);

    /// <summary>What comes behind the rows.</summary>
    protected virtual void End(QueryAnswer head) { }

    public abstract void Dispose();

    internal static AnswerWriter Of(AnswerFormat format, Stream stream, bool headers) =>
        format switch
        {
            AnswerFormat.Csv => new SeparatedWriter(stream, ',', SeparatedWriter.Quoted, headers),
            AnswerFormat.Tsv => new SeparatedWriter(stream, '\t', SeparatedWriter.Escaped, headers),
            AnswerFormat.Json => new JsonAnswerWriter(stream),
            AnswerFormat.NdJson => new LinesWriter(stream),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>Writes rows; nothing is begun before there are some, so that what fails at once can be asked again.</summary>
    internal void Take(QueryAnswer slice)
    {
        if (slice.Rows.Count == 0)
            return;
        slice = LocalColumn.With(slice);
        BeginOnce(slice);
        Write(slice);
    }

    /// <summary>Ends what was written, also where there was no row.</summary>
    internal void Finish(QueryAnswer head)
    {
        head = LocalColumn.With(head);
        BeginOnce(head);
        End(head);
    }

    private void BeginOnce(QueryAnswer head)
    {
        if (!_begun)
            Begin(head);
        _begun = true;
    }
}

/// <summary>What an answer can be written as.</summary>
internal enum AnswerFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>RFC 4180.</summary>
    Csv,

    /// <summary>Tabs between values; a tab, a line feed, a carriage return and a backslash in a value are \t, \n, \r and \\.</summary>
    Tsv,

    /// <summary>One document.</summary>
    Json,

    /// <summary>One object a line.</summary>
    NdJson,

    /// <summary>A file with types.</summary>
    Parquet,
}
