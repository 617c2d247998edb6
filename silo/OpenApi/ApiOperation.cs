using OrleansKd.Contracts;

namespace OrleansKd.Silo.OpenApi;

/// <summary>What the OpenAPI document says of a route beside its types, as metadata of its endpoint.</summary>
/// <param name="Id">Name of the operation, for generated clients: never changed.</param>
/// <param name="Problems">Codes of its refusals, without those that every route has (<see cref="ApiDocument"/>).</param>
internal sealed record ApiOperation(string Id, string Summary, string[] Problems);

internal static class ApiOperations
{
    /// <summary>What every route of a session that only its host may use can refuse.</summary>
    public static readonly string[] HostsSession = [ProblemCodes.SessionNotFound, ProblemCodes.HostOnly, ProblemCodes.SessionTerminated, ProblemCodes.NotPermitted];

    /// <summary>What every route can refuse that hands something to the debugger.</summary>
    public static readonly string[] UsesDebugger =
    [
        ProblemCodes.SessionNotFound, ProblemCodes.HostOnly, ProblemCodes.FullControlOnly, ProblemCodes.SessionClosed, ProblemCodes.SessionTerminated,
        ProblemCodes.DebuggerOffline, ProblemCodes.LimitReached,
    ];

    public static TBuilder Describe<TBuilder>(this TBuilder route, string id, string summary, params string[] problems) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ApiOperation(id, summary, problems));
}
