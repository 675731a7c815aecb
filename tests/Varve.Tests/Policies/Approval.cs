using System.Runtime.CompilerServices;
using Xunit;

namespace Varve.Tests.Policies;

/// <summary>Compares with a file beside the tests; VARVE_APPROVE=1 writes it.</summary>
internal static class Approval
{
    internal static void Is(string name, string text, [CallerFilePath] string here = "") =>
        File(Path.Combine(Path.GetDirectoryName(here)!, "Approvals", $"{name}.txt"), text + "\n");

    internal static void File(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            System.IO.File.WriteAllText(path, text);
        Assert.Equal(System.IO.File.ReadAllText(path), text);
    }
}
