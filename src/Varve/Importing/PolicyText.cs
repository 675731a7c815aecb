using System.Text;
using Varve.Policies;
using Varve.Proposing;

namespace Varve.Importing;

/// <summary>Writes the file of a policy line by line. A key whose feature this build does not have is written as a comment.</summary>
internal sealed class PolicyText
{
    private const int Wide = 110;

    private readonly StringBuilder _text = new();

    /// <summary>A comment, folded at blanks; a line break in it is a blank.</summary>
    public PolicyText Comment(string text)
    {
        var line = new StringBuilder("#");
        foreach (var word in CommentText.Name(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length > Wide)
            {
                Line(line.ToString());
                line.Clear().Append('#');
            }

            line.Append(' ').Append(word);
        }

        return Line(line.ToString());
    }

    /// <summary>A key with what stands behind it.</summary>
    public PolicyText Key(string key, string value)
    {
        var known = PolicyKeys.All.FirstOrDefault(k => k.Path == key);
        if (known is not { IsLater: true })
            return Line($"{key}: {value}");
        Comment($"This version does not have the key {key} yet; take the # away once it has.");
        return Line($"# {key}: {value}");
    }

    /// <summary>A line as it is.</summary>
    public PolicyText Line(string line)
    {
        _text.Append(line).Append('\n');
        return this;
    }

    /// <summary>A name as a scalar that reads back as that name.</summary>
    public static string Scalar(string text) => YamlScalar.Write(text);

    /// <summary>Several of them.</summary>
    public static string List(IEnumerable<string> texts) => YamlScalar.List(texts);

    /// <summary>The file with what is wrong with it by the rules that need no table, as comments above it.</summary>
    public ImportedPolicy Made(string name, TableName table, List<string> left)
    {
        var yaml = _text.ToString();
        List<Problem> problems = [];
        PolicyYaml.Read(yaml, "", problems);
        if (problems.Count == 0)
            return new(name, table, yaml);
        var above = new PolicyText();
        foreach (var problem in problems)
        {
            above.Comment($"To be changed: {problem.Message}");
            left.Add($"{name}: {problem.Message}");
        }

        return new(name, table, above._text + yaml);
    }
}
