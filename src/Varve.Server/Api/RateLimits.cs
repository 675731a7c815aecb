using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Varve.Server.Access;
using Varve.Server.Ui;

namespace Varve.Server.Api;

/// <summary>The limits on requests, by name: of the API by token, of signing in by address.</summary>
internal static class RateLimits
{
    internal const string Api = "api";

    internal const string SignIn = "sign-in";

    internal const int SignInsPerMinute = 20;

    internal static void Add(IServiceCollection services) =>
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) => new(RefuseAsync(rejected.HttpContext, rejected.Lease));
            limiter.AddPolicy(
                Api,
                context =>
                    RateLimitPartition.GetTokenBucketLimiter(
                        context.CallerOrNull()?.TokenId ?? Address(context),
                        _ =>
                            new()
                            {
                                TokenLimit = 400,
                                TokensPerPeriod = 100,
                                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                                QueueLimit = 0,
                            }
                    )
            );
            limiter.AddPolicy(
                SignIn,
                context =>
                    RateLimitPartition.GetFixedWindowLimiter(
                        Address(context),
                        _ =>
                            new()
                            {
                                PermitLimit = SignInsPerMinute,
                                Window = TimeSpan.FromMinutes(1),
                                QueueLimit = 0,
                            }
                    )
            );
        });

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>Says for how long; a person at the door gets a page, a program a problem.</summary>
    private static Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 1;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return context.Request.Path.StartsWithSegments("/login")
            ? LoginPage
                .Show(
                    context,
                    null,
                    $"Too many tried to sign in from your address. Try again in {seconds} s.",
                    StatusCodes.Status429TooManyRequests
                )
                .ExecuteAsync(context)
            : Problems.WriteAsync(
                context,
                new PolicyException(ServerCodes.TooMany, "Too many requests. Send fewer, and wait for as long as Retry-After says.")
            );
    }
}
