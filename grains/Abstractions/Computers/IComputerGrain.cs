using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Computers;

/// <summary>
/// Where requests to one computer's agent meet its connection; key: <see cref="GrainFactoryExtensions.Computer"/>.
/// The edge that holds the agent's connection reads requests by cursor; nothing is pushed.
/// </summary>
[Alias("OrleansKd.IComputerGrain")]
public interface IComputerGrain : IGrainWithStringKey
{
    /// <summary>
    /// A new connection of the agent takes over from an earlier one. Refused while another agent (a start of its own) speaks for the
    /// computer: two that take it from each other in turn help nobody.
    /// </summary>
    [Alias("Register")]
    Task<Outcome<Done>> Register(ComputerRegistration registration);

    /// <summary>
    /// Requests after <paramref name="after"/>, at once or within <paramref name="wait"/> (at most 3 seconds). Refused with
    /// <c>out-of-step</c> when another connection took over or this activation does not know the connection: register again.
    /// </summary>
    [Alias("ReadRequests"), Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Outcome<ComputerRequests>> ReadRequests(string connection, long after, TimeSpan wait);

    [Alias("Answer"), Orleans.Concurrency.AlwaysInterleave]
    Task Answer(ComputerAnswer answer);

    /// <summary>Asks the agent to start a debugger and waits for its answer, 15 seconds at most.</summary>
    [Alias("StartDebugger"), Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("00:00:20")]
    Task<Outcome<StartedDebugger>> StartDebugger(StartDebugger request);

    [Alias("Describe"), Orleans.Concurrency.AlwaysInterleave]
    Task<ComputerDescription> Describe();
}

[GenerateSerializer, Immutable, Alias("OrleansKd.ComputerRegistration")]
public sealed record ComputerRegistration(
    [property: Id(0)] string Connection,
    [property: Id(1)] string Computer,
    [property: Id(2)] string AgentInstance,
    [property: Id(3)] string[] Debuggers);

[GenerateSerializer, Immutable, Alias("OrleansKd.ComputerRequests")]
public sealed record ComputerRequests([property: Id(0)] ComputerRequest[] Requests, [property: Id(1)] long Last);

[GenerateSerializer, Immutable, Alias("OrleansKd.ComputerRequest")]
public sealed record ComputerRequest(
    [property: Id(0)] long Number,
    [property: Id(1)] string RequestId,
    [property: Id(2)] StartDebugger Start,
    [property: Id(3)] TimeSpan ValidFor);

/// <param name="Arguments">As typed, secrets included; lives in memory only, until the agent has it.</param>
/// <param name="Computer">The computer's name as the host typed it, for messages.</param>
/// <param name="OnlyThroughServer">Refuse when the arguments make a direct session.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.StartDebugger")]
public sealed record StartDebugger(
    [property: Id(0)] SessionRef Session,
    [property: Id(1)] int Run,
    [property: Id(2)] string Debugger,
    [property: Id(3)] string Arguments,
    [property: Id(4)] string Computer,
    [property: Id(5)] SpoolFullAction WhenSpoolFull = SpoolFullAction.Hold,
    [property: Id(6)] bool OnlyThroughServer = false,
    [property: Id(7)] bool SecureMode = false);

[GenerateSerializer, Immutable, Alias("OrleansKd.StartedDebugger")]
public sealed record StartedDebugger(
    [property: Id(0)] string DebuggerKind,
    [property: Id(1)] bool ThroughServer,
    [property: Id(2)] string MaskedArguments,
    [property: Id(3)] string Computer);

[GenerateSerializer, Immutable, Alias("OrleansKd.ComputerAnswer")]
public sealed record ComputerAnswer(
    [property: Id(0)] string RequestId,
    [property: Id(1)] StartedDebugger? Started,
    [property: Id(2)] string? Problem);

[GenerateSerializer, Immutable, Alias("OrleansKd.ComputerDescription")]
public sealed record ComputerDescription([property: Id(0)] bool IsOnline, [property: Id(1)] string[] Debuggers);
