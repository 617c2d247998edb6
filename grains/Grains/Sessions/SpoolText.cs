using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Grains.Sessions;

/// <summary>The sentences about the agent's spool.</summary>
internal static class SpoolText
{
    public static string Of(Session session, SpoolState state, long bytes, long limitBytes)
    {
        var held = $"The agent on {session.Computer} keeps {Megabytes(bytes)} of output that the server does not have yet, of at most {Megabytes(limitBytes)}";
        // A spool that is far from its limit waits for the disk.
        var reason = bytes < limitBytes / 5 * 4 ? $"the disk of {session.Computer} is full" : $"the agent on {session.Computer} keeps {Megabytes(limitBytes)} of output that the server does not have yet, its limit";
        return state switch
        {
            SpoolState.Holding => $"The target is held: {reason}",
            SpoolState.LeavingOut => $"Output is left out: {reason}",
            SpoolState.NearlyFull when session.Spool is SpoolState.Normal => $"{held}. {Consequence(session.WhenSpoolFull)}",
            SpoolState.NearlyFull => $"{End(session.Spool)}. {held}",
            _ => End(session.Spool),
        };
    }

    private static string Consequence(SpoolFullAction action) => action switch
    {
        SpoolFullAction.Gap => "At the limit further output is left out and counted",
        _ => "At the limit the debugger is held, and with it the target",
    };

    private static string End(SpoolState before) => before switch
    {
        SpoolState.Holding => "The target is not held any more",
        SpoolState.LeavingOut => "Output is kept again",
        _ => "The server has taken most of what the agent kept",
    };

    private static string Megabytes(long bytes) => $"{(bytes / 1e6).ToString("#,0.#", CultureInfo.InvariantCulture)} MB";
}
