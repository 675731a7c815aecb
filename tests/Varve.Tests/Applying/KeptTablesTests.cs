using Varve.Applying;
using Varve.Policies;

namespace Varve.Tests.Applying;

public sealed class KeptTablesTests
{
    [Theory]
    [InlineData("cpu", "main.cpu", true)]
    [InlineData("cpu", "b.cpu", false)]
    [InlineData("b.cpu", "b.cpu", true)]
    [InlineData("b.cpu", "main.cpu", false)]
    [InlineData("CPU", "main.cpu", true)]
    [InlineData("B.cpu", "b.CPU", true)]
    [InlineData("CPU", "main.cpu", false, false)]
    public void A_table_is_kept_by_the_policy_that_means_it(string says, string table, bool isKept, bool ignoresCase = true) =>
        Assert.Equal(
            isKept ? "p" : null,
            Assert.Single(KeptTables.Of([TableName.Parse(table)], [("p", TableName.Parse(says))], [], "main", ignoresCase)).Policy
        );

    [Theory]
    [InlineData("cpu_1h", "main.cpu_1h", 0)]
    [InlineData("main.cpu_1h", "main.CPU_1h", 0)]
    [InlineData("cpu_1h", "b.cpu_1h", 1)]
    public void What_is_Varve_s_own_is_nobody_s_table(string own, string table, int left) =>
        Assert.Equal(left, KeptTables.Of([TableName.Parse(table)], [], [("p", TableName.Parse(own))], "main", ignoresCase: true).Count);
}
