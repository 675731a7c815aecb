using Polly;
using Polly.Retry;

namespace Varve.Execution;

/// <summary>
/// Tries a step again where the same call may succeed without a change: four times in all, after about 0.2, 0.4 and
/// 0.8 s. A step is one transaction and looks at the ledger anew each time, so trying again is always safe.
/// </summary>
internal sealed class RetrySchedule(TimeProvider clock)
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(
            new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<EngineException>(e => e.IsTransient),
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
            }
        )
        .Build();

    public ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(work, cancellationToken);
}
