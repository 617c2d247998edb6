using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>People and sessions in the words of the product.</summary>
internal static class TestSessions
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    public static readonly Person Ann = PersonOf("ann@contoso.example", "Ann Host", "Contoso");

    public static readonly Person Bob = PersonOf("bob@fabrikam.example", "Bob Client", "Fabrikam");

    public static readonly Person Eve = PersonOf("eve@elsewhere.example", "Eve", "Elsewhere");

    public static Person PersonOf(string email, string name, string company) => new(UserId.FromEmail(email), name, company, email);

    public static Person[] People(int count, string prefix = "client") =>
        [.. Enumerable.Range(1, count).Select(i => PersonOf($"{prefix}{i}@fabrikam.example", $"Client {i}", "Fabrikam"))];

    public static Session HostedBy(Person host, bool throughServer = false) => new()
    {
        Name = "crash",
        Host = SessionRules.Store(host),
        CreatedAt = Now,
        Run = 1,
        Computer = "lab",
        DebuggerLocation = "/usr/bin/gdb",
        ThroughServer = throughServer,
        Debugger = DebuggerState.Ready,
        Prompt = "(gdb) ",
    };

    public static Session WithClients(this Session session, params Person[] clients) =>
        session with { Clients = [.. clients.Select(SessionRules.Store)] };

    public static Session With(this Session session, Decision decision)
    {
        var sequence = 100L;
        foreach (var entry in ((Decision.Record)decision).Entries)
            session = SessionFold.Apply(session, new SessionLogEntry(sequence++, Now.ToUnixTimeMilliseconds(), entry.Kind, entry.Body.Encode()));
        return session;
    }

    public static Session With(this Session session, SessionLogEntryKind kind, SessionLogEntryBody body) =>
        session.With(new Decision.Record([new NewEntry(kind, body)]));
}
