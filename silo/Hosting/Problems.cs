using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>The one place where a refusal becomes HTTP or a hub's exception.</summary>
internal static class Problems
{
    public static ProblemHttpResult Http(Refusal refusal) => TypedResults.Problem(
        refusal.Message,
        statusCode: StatusOf(refusal.Code),
        extensions: new Dictionary<string, object?> { ["code"] = refusal.Code });

    public static HubException Hub(Refusal refusal) => new(ProblemText.Format(refusal.Code, refusal.Message));

    /// <summary>The value, or the refusal as a hub's exception.</summary>
    public static T OrHubException<T>(this Outcome<T> outcome) => outcome.Refusal is { } refusal ? throw Hub(refusal) : outcome.Value!;

    /// <summary>What Orleans throws while a silo is lost or a call goes astray: try again, nothing is known to be wrong.</summary>
    public static bool IsTransient(Exception exception) => exception is
        TimeoutException or Orleans.Runtime.SiloUnavailableException or Orleans.Runtime.OrleansMessageRejectionException or
        Orleans.Runtime.GatewayTooBusyException or Orleans.Runtime.ClientNotAvailableException;

    private static int StatusOf(string code) => code switch
    {
        ProblemCodes.InvalidRequest => StatusCodes.Status400BadRequest,
        ProblemCodes.NotSignedIn => StatusCodes.Status401Unauthorized,
        ProblemCodes.NotPermitted or ProblemCodes.HostOnly or ProblemCodes.FullControlOnly => StatusCodes.Status403Forbidden,
        ProblemCodes.SessionNotFound or ProblemCodes.UserNotFound or ProblemCodes.ComputerNotFound => StatusCodes.Status404NotFound,
        ProblemCodes.DebuggerNotStarted => StatusCodes.Status422UnprocessableEntity,
        ProblemCodes.TooManyRequests => StatusCodes.Status429TooManyRequests,
        ProblemCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status409Conflict,
    };
}
