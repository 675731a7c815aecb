// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/schedules. Takes the role viewer.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<SchedulesShape> ListSchedulesAsync(CancellationToken cancellationToken = default) =>
        AskAsync<SchedulesShape>(HttpMethod.Get, Path($"api/v1/schedules"), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/schedules/{policy}. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> GetScheduleAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/schedules/{policy}"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/schedules/{policy}/pause. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> PauseScheduleAsync(string connection, string policy, PauseBody body, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/schedules/{policy}/pause"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/schedules/{policy}/resume. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> ResumeScheduleAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/schedules/{policy}/resume"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/schedules/{policy}/skip. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> SkipOnceAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/schedules/{policy}/skip"), null, [], cancellationToken);

    /// <summary>POST /api/v1/schedules/pause. Takes the role operator.</summary>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<SchedulesShape> PauseAllSchedulesAsync(PauseAllBody body, CancellationToken cancellationToken = default) =>
        AskAsync<SchedulesShape>(HttpMethod.Post, Path($"api/v1/schedules/pause"), body, [], cancellationToken);

    /// <summary>POST /api/v1/schedules/resume. Takes the role operator.</summary>
    /// <param name="connection">The parameter <c>connection</c>; null: it is left out.</param>
    /// <param name="reason">The parameter <c>reason</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<SchedulesShape> ResumeAllSchedulesAsync(string? connection = null, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync<SchedulesShape>(HttpMethod.Post, With(Path($"api/v1/schedules/resume"), ("connection", connection), ("reason", reason)), null, [], cancellationToken);
}
