using Varve.DuckDb;

namespace Varve.Engines.Tests.DuckDb;

public sealed class ScriptTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2", "SELECT 1|SELECT 2")]
    [InlineData(" ; ;\n", "")]
    [InlineData("SELECT ';', 'it''s;', \"a;\"\"b\"; SELECT 2;", "SELECT ';', 'it''s;', \"a;\"\"b\"|SELECT 2")]
    [InlineData("SELECT 1 -- not; this\n+ 1; -- only; this", "SELECT 1 -- not; this\n+ 1")]
    [InlineData("/* ; */ SELECT 1 /* ' */; /* ; */", "/* ; */ SELECT 1 /* ' */")]
    [InlineData("SELECT $$a;'b$$; SELECT $x1$;$$;$x1$", "SELECT $$a;'b$$|SELECT $x1$;$$;$x1$")]
    [InlineData("SELECT $1; SELECT $2", "SELECT $1|SELECT $2")]
    [InlineData("SELECT 'open; SELECT 2", "SELECT 'open; SELECT 2")]
    [InlineData("SELECT 4 / 2 - 1; SELECT 3", "SELECT 4 / 2 - 1|SELECT 3")]
    public void A_semicolon_ends_a_statement_where_it_is_one(string text, string expected)
    {
        // In one piece, and letter by letter as it is typed.
        foreach (var pieces in new IEnumerable<string>[] { [text], text.Select(c => c.ToString()) })
        {
            var script = new DuckDbScript();
            List<string> statements = [.. pieces.SelectMany(script.Add)];
            if (script.End() is { } last)
                statements.Add(last);
            Assert.Equal(expected, string.Join('|', statements));
            Assert.True(script.IsEmpty);
        }
    }
}
