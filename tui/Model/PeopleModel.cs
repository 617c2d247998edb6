using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Model;

/// <summary>The people of one session: who is there, what they may do, and what its host makes of that (rules C5, D3, E7).</summary>
internal sealed class PeopleModel(SessionsClient sessions, string sessionId) : LiveModel
{
    /// <summary>Null until the server has answered.</summary>
    public SessionDetails? Session { get; private set; }

    /// <summary>The host first.</summary>
    public IReadOnlyList<SessionPerson> People { get; private set; } = [];

    /// <summary>What somebody may do with the debugger; null: watch, and for the host nothing that could be given.</summary>
    public OperatorRight? RightOf(SessionPerson person) => person.Role is SessionRole.Host
        ? null
        : Session?.Operators?.FirstOrDefault(item => item.Person.Email == person.Email)?.Right;

    /// <summary>Why the host can't change this person's right; null: it can be tried.</summary>
    public string? WhyNoRight(SessionPerson? person) => person switch
    {
        null => "Select somebody first.",
        { Role: SessionRole.Host } => "The host needs no right.",
        _ => Session is { Summary.State: SessionState.Terminated } ? "The session is terminated: there is no debugger any more." : null,
    };

    public static string? WhyNoKick(SessionPerson? person) => person switch
    {
        null => "Select somebody first.",
        { Role: SessionRole.Host } => "The host stays. Terminate the session to end it.",
        _ => null,
    };

    /// <param name="right">Null: they only watch from now on, and what they have waiting is removed.</param>
    public Task SetRightAsync(SessionPerson person, OperatorRight? right) => ChangeAsync(cancellationToken => right is { } given
        ? sessions.GrantAsync(sessionId, person.Email, given, cancellationToken)
        : sessions.UngrantAsync(sessionId, person.Email, cancellationToken));

    /// <summary>Takes the invitation back.</summary>
    public Task KickAsync(SessionPerson person) => ChangeAsync(cancellationToken => sessions.RevokeAsync(sessionId, person.Email, cancellationToken));

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var details = await sessions.GetSessionAsync(sessionId, cancellationToken);
        var people = await sessions.GetPeopleAsync(sessionId, cancellationToken);
        (Session, People) = (details, [.. people.OrderBy(person => person.Role)]);
    }
}
