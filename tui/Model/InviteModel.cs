using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>People who are found one by one and then invited together, as many as the session has places (rules C1, C2).</summary>
internal sealed class InviteModel(SessionsClient sessions, string sessionId)
{
    private readonly List<UserSummary> found = [];

    /// <summary>To be invited.</summary>
    public IReadOnlyList<UserSummary> Found => found;

    /// <summary>Clients that the session has; null: not known yet.</summary>
    public IReadOnlyList<SessionPerson>? Invited { get; private set; }

    /// <summary>Places that the session has left when those who were found are invited.</summary>
    public int Places => Limits.InvitedClients - (Invited?.Count ?? 0) - found.Count;

    public string Summary => Invited is null
        ? $"To be invited: {found.Count}"
        : $"To be invited: {found.Count}. Clients of the session: {Invited.Count} of {Limits.InvitedClients}.";

    /// <summary>Why there is nothing to look for; null: there is.</summary>
    public string? WhyNotFind(string email) =>
        email.Length == 0 ? "Type an e-mail address and find the person first."
        : found.Any(user => IsSame(user.Email, email)) ? $"{email} is in the list already."
        : Invited?.Any(person => IsSame(person.Email, email)) is true ? $"{email} is invited already."
        : Places <= 0 ? $"At most {Limits.InvitedClients} clients can be invited to a session; there is no place left. People (in the menu) takes an invitation back."
        : null;

    public async Task LoadAsync(CancellationToken cancellationToken) =>
        Invited = [.. (await sessions.GetPeopleAsync(sessionId, cancellationToken)).Where(person => person.Role is SessionRole.Client)];

    /// <summary>Asks who that is; does not add them yet, since that belongs to whoever draws the list.</summary>
    public Task<UserSummary> FindAsync(string email, CancellationToken cancellationToken) => sessions.FindUserAsync(email, cancellationToken);

    /// <summary>False: another spelling of the address found them before.</summary>
    public bool Add(UserSummary user)
    {
        if (found.Any(other => IsSame(other.Email, user.Email)))
            return false;
        found.Add(user);
        return true;
    }

    public void RemoveAt(int index) => found.RemoveAt(index);

    public Task InviteAsync(IEnumerable<UserSummary> people, CancellationToken cancellationToken) => sessions.InviteAsync(sessionId, [.. people.Select(user => user.Email)], cancellationToken);

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
