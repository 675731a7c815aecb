using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Varve.Execution;

/// <summary>Who watches runs, and how what they are told is marked.</summary>
/// <param name="Log">Where it is logged.</param>
/// <param name="Clock">What durations are measured by.</param>
/// <param name="Tags">What every span and every measurement carries besides its own.</param>
internal sealed record Watchers(ILogger Log, TimeProvider Clock, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>A span of this kind; null where nobody listens.</summary>
    public Activity? Begin(string name)
    {
        var activity = Telemetry.Source.StartActivity(name);
        if (activity is not null)
        {
            foreach (var (key, value) in Tags)
                activity.SetTag(key, value);
        }

        return activity;
    }

    /// <summary>The tags of one measurement.</summary>
    public TagList Mark(params ReadOnlySpan<KeyValuePair<string, object?>> own)
    {
        var all = new TagList(own);
        foreach (var (key, value) in Tags)
            all.Add(key, value);
        return all;
    }
}
