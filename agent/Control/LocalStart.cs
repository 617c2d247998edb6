namespace OrleansKd.Agent.Control;

/// <summary>
/// A start of a debugger that this computer's user is about to ask the server for: told to the agent first, past every server. Either the
/// session that is re-opened, or debugger and arguments of a new one, as the server will be told.
/// </summary>
public sealed record LocalStart(string? Session, string? Debugger, string? Arguments, bool IsSecure)
{
    public static LocalStart OfNew(string debugger, string arguments, bool isSecure) => new(null, debugger, arguments, isSecure);

    public static LocalStart OfReopened(string session) => new(session, null, null, false);
}
