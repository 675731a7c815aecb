namespace Varve.Cli.Running;

/// <summary>A question before something goes for good; only a typed "yes" is one.</summary>
internal static class TypedYes
{
    /// <summary>False without asking where nobody can answer.</summary>
    /// <exception cref="OperationCanceledException">Ctrl-C instead of an answer.</exception>
    internal static async Task<bool> AskAsync(CommandContext call, string question)
    {
        if (call.IsJson || !call.Screen.CanAsk)
            return false;
        call.Screen.Out.Write($"{question} Type yes: ");
        await call.Screen.Out.FlushAsync(CancellationToken.None);

        // A terminal cannot be asked to stop reading; the process does not wait for who reads.
        var answer = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(call.Cancellation);
        return answer?.Trim() == "yes";
    }
}
