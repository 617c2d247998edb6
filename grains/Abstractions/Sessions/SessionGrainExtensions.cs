using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Sessions;

public static class SessionGrainExtensions
{
    /// <summary>Interrupts the debugger of the current run.</summary>
    public static Task<Outcome<Done>> Break(this ISessionGrain session, UserId caller, string id) => session.Press(caller, new KeyPress(id));
}
