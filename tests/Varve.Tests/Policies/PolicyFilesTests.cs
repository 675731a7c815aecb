using Varve.Policies;
using Xunit;

namespace Varve.Tests.Policies;

public sealed class PolicyFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-policies").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_gives_its_yaml_files_in_order()
    {
        Write("b.yml", "table: b\ntime: ts\nkeep: 1d");
        Write("a.yaml", "\uFEFFtable: a\ntime: ts\nkeep: 1d");
        Write("c.txt", "nonsense");
        Assert.Equal(["a", "b"], PolicyFiles.Read([_folder, Path.Combine(_folder, "a.yaml")]).Select(d => d.Policy.Name));
    }

    [Fact]
    public void All_problems_of_all_files_are_told_at_once()
    {
        Write("a.yaml", "table: a\ntime: ts\nkep: 1d");
        Write("b.yaml", "table: b\ntime: ts\nkeep: 1x");
        var missing = Path.Combine(_folder, "gone.yaml");
        var problems = Problems(_folder, missing);
        Assert.Equal(["VRV102", "VRV104", "VRV107"], problems.Select(p => p.Code));
        Assert.Contains("gone.yaml:1:1: VRV107: There is no such file or folder.", problems[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_files_for_one_table_are_refused()
    {
        Write("a.yaml", "table: a\ntime: ts\nkeep: 1d");
        Write("b.yaml", "policy: b\ntable: a\ntime: ts\nkeep: 1d");
        var problem = Assert.Single(Problems(_folder));
        Assert.Equal("VRV108", problem.Code);
        Assert.Contains("a.yaml:1:1", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("b.yaml", problem.Position!.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_policies_and_a_file_of_bytes_are_refused()
    {
        Assert.Contains("no *.yaml", Assert.Single(Problems(_folder)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_folder, "x.yaml"), [0xff, 0xfe, 0x00, 0xc3, 0x28]);
        Assert.Contains("not UTF-8", Assert.Single(Problems(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("No policy file was given", Assert.Single(Problems()).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Problem> Problems(params string[] paths) =>
        Assert.Throws<PolicyException>(() => PolicyFiles.Read(paths)).Problems;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
