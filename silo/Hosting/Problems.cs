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

    /// <summary>What the framework refuses by a status alone, said in this server's words.</summary>
    public static Refusal OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new(ProblemCodes.NotSignedIn, "The request carries no access token that this server accepts. Sign in again."),
        StatusCodes.Status403Forbidden => new(ProblemCodes.NotPermitted, "Your account may not do this."),
        StatusCodes.Status404NotFound => new(ProblemCodes.RouteNotFound, $"There is no such address. {Routes.OpenApi} lists them all."),
        StatusCodes.Status405MethodNotAllowed => new(ProblemCodes.MethodNotAllowed, "This address does not know that method; the Allow header names those that it knows."),
        StatusCodes.Status408RequestTimeout => new(ProblemCodes.BodyTooSlow, "The body came too slowly, or stopped coming. Nothing was done: send it again over another connection."),
        StatusCodes.Status413PayloadTooLarge => new(ProblemCodes.BodyTooLarge, "The body is longer than any request to this server."),
        StatusCodes.Status415UnsupportedMediaType => new(ProblemCodes.UnsupportedMediaType, "The body must be JSON in UTF-8, not compressed, with the header 'Content-Type: application/json'."),
        StatusCodes.Status429TooManyRequests => new(ProblemCodes.TooManyRequests, "Too often in too short a time. Try again later."),
        StatusCodes.Status503ServiceUnavailable => Refusals.Unavailable,
        >= 500 => new(ProblemCodes.InternalError, "The server failed, and has logged why. What you asked for may have happened: look before you repeat it."),
        _ => new(ProblemCodes.InvalidRequest, $"The server can't make sense of the request's body or parameters. {Routes.OpenApi} describes them."),
    };

    public static int StatusOf(string code) => code switch
    {
        ProblemCodes.InvalidRequest => StatusCodes.Status400BadRequest,
        ProblemCodes.NotSignedIn => StatusCodes.Status401Unauthorized,
        ProblemCodes.NotPermitted or ProblemCodes.TokenScope or ProblemCodes.HostOnly or ProblemCodes.FullControlOnly => StatusCodes.Status403Forbidden,
        ProblemCodes.SessionNotFound or ProblemCodes.UserNotFound or ProblemCodes.ComputerNotFound or ProblemCodes.TokenNotFound or ProblemCodes.RouteNotFound => StatusCodes.Status404NotFound,
        ProblemCodes.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ProblemCodes.BodyTooSlow => StatusCodes.Status408RequestTimeout,
        ProblemCodes.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemCodes.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ProblemCodes.DebuggerNotStarted or ProblemCodes.IdempotencyKeyReused => StatusCodes.Status422UnprocessableEntity,
        ProblemCodes.TooManyRequests => StatusCodes.Status429TooManyRequests,
        ProblemCodes.InternalError => StatusCodes.Status500InternalServerError,
        ProblemCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status409Conflict,
    };
}
