using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>Whom an action concerns, as far as it is known.</summary>
/// <param name="Belongs">The account, or when nobody has signed in the address's domain, belongs to the organization.</param>
/// <param name="HasAccount">Somebody has signed in with the address.</param>
internal sealed record ActionTarget(Person Person, bool Belongs, bool HasAccount);

/// <summary>What a rule answers: the organization afterwards, or why not.</summary>
internal abstract record OrganizationDecision
{
    private OrganizationDecision()
    {
    }

    public sealed record Change(Organization Next) : OrganizationDecision;

    /// <summary>It is so already.</summary>
    public sealed record Nothing : OrganizationDecision;

    public sealed record Refuse(Refusal Refusal) : OrganizationDecision;

    public static implicit operator OrganizationDecision(Refusal refusal) => new Refuse(refusal);
}

/// <summary>Who may decide what about whom, and what follows from it (rules A1 to A3). Pure: organization, configuration, caller, action and time in; a decision out.</summary>
internal static class OrganizationRules
{
    /// <summary>People about whom something may be decided: with what waits, it fits one stored row (960 KB) at 100 bytes for each.</summary>
    public const int MembersLimit = 4_000;

    /// <summary>Requests that may wait: more than administrators would read, and at most 2 KB each in the same row.</summary>
    public const int RequestsLimit = 100;

    /// <summary>Administrators: each request makes a mail for each of them.</summary>
    public const int AdministratorsLimit = 50;

    /// <summary>
    /// What may wait to be told, in the same row, while mail or accounts can't be reached: then no new requests are taken. Administrators
    /// may go on to twice as much, because what they take away has to count.
    /// </summary>
    public const int OwedLimit = 300;

    public static OrganizationDecision Decide(Organization organization, OrganizationSettings settings, Person caller, OrganizationAction action, ActionTarget target, DateTimeOffset now)
    {
        if (action.Kind is PermissionActionKind.Request && target.Person.Id != caller.Id)
            return new Refusal(ProblemCodes.NotPermitted, "People ask for permissions for themselves only.");
        if (action.Kind is not PermissionActionKind.Request && !IsAdministrator(organization, settings, caller.Id))
            return NotAdministrator(settings);
        if (action.Reason.Length > Limits.ReasonLength)
            return Invalid($"The reason has {action.Reason.Length} characters; {Limits.ReasonLength} is the most.");
        if (VisibleText.HasHidden(action.Reason, isOneLine: false))
            return Invalid("The reason has control or invisible characters. Use visible characters, tabs and line breaks only.");
        if (!target.Belongs)
            return new Refusal(ProblemCodes.UserNotFound, $"{VisibleText.From(target.Person.Email)} is no address of {settings.Name}. Administrators decide about the people of their own organization only.");
        if (organization.Owed.Count(owed => owed.Kind is not OwedKind.Waiting) >= (action.Kind is PermissionActionKind.Request ? OwedLimit : 2 * OwedLimit))
            return new Refusal(ProblemCodes.Unavailable, $"{organization.Owed.Length} earlier decisions of {settings.Name} could not be told to people or mailed yet. Try again when the server has done that.");
        var member = organization.MemberOf(target.Person.Id, target.Person.Email);
        OrganizationDecision decision = action.Kind switch
        {
            PermissionActionKind.Request => Request(organization, settings, caller, action, member, now),
            PermissionActionKind.Approve or PermissionActionKind.Deny => Answer(organization, settings, caller, action, target, member, now),
            PermissionActionKind.TakeAway => TakeAway(organization, settings, caller, action, target, member, now),
            PermissionActionKind.Appoint => Appoint(organization, settings, caller, action, target, member, now),
            PermissionActionKind.Dismiss => Dismiss(organization, settings, caller, action, target, member, now),
            PermissionActionKind.Rebind => Rebind(organization, caller, action, target, now),
            _ => Invalid($"This server does not know the action {action.Kind}."),
        };
        return decision is OrganizationDecision.Change { Next: var next } ? new OrganizationDecision.Change(TellAdministrators(organization, next, settings)) : decision;
    }

    public static bool IsAdministrator(Organization organization, OrganizationSettings settings, UserId user) =>
        AdministratorsOf(organization, settings).Any(member => member.Id == user);

    public static Member[] AdministratorsOf(Organization organization, OrganizationSettings settings) =>
        [.. People(organization, settings).Where(member => member.IsAdministrator(settings))];

    public static OrganizationView View(Organization organization, OrganizationSettings settings) => new(
        settings.Name,
        organization.Requests,
        [.. People(organization, settings)
            .Select(member => new MemberView(member.Email, member.HeldPermissions(settings), member.IsAdministrator(settings), !organization.Members.Contains(member)))
            .OrderBy(member => member.Email, StringComparer.Ordinal)]);

    /// <summary>Administrators hear when another number of people waits for them, and whoever becomes one hears it, too. Of each, only the newest is owed.</summary>
    private static Organization TellAdministrators(Organization before, Organization next, OrganizationSettings settings)
    {
        var administrators = AdministratorsOf(next, settings).Select(member => member.Email);
        if (next.Requests.Length == before.Requests.Length)
            administrators = administrators.Except(AdministratorsOf(before, settings).Select(member => member.Email));
        string[] told = [.. administrators];
        return told.Length == 0 ? next : next with
        {
            Owed = [.. next.Owed.Where(owed => owed.Kind is not OwedKind.Waiting || !told.Contains(owed.To)), .. told.Select(email => new Owed(OwedKind.Waiting, email, email, next.Unfiled[^1]))],
        };
    }

    /// <summary>What a person's account has to take over.</summary>
    public static PermissionOrder OrderFor(Organization organization, OrganizationId id, Owed owed)
    {
        var member = organization.MemberOf(UserId.FromEmail(owed.To), owed.To);
        return new PermissionOrder(id, member.Given, member.Taken, member.Administrator, owed.About);
    }

    public static Refusal NotAdministrator(OrganizationSettings settings) =>
        new(ProblemCodes.NotPermitted, $"Only an administrator of {settings.Name} may do this. 'orleanskd whoami' shows what you may do.");

    /// <summary>Everybody about whom the configuration or a decision says something.</summary>
    private static IEnumerable<Member> People(Organization organization, OrganizationSettings settings) => organization.Members.Concat(
        settings.Administrators.Concat(settings.Hosts).Concat(settings.Joiners)
            .Where(email => !string.IsNullOrWhiteSpace(email)).Select(UserId.Normalize).Distinct(StringComparer.Ordinal)
            .Select(email => new Member(email))
            .ExceptBy(organization.Members.Select(member => member.Id), member => member.Id));

    private static OrganizationDecision Request(Organization organization, OrganizationSettings settings, Person caller, OrganizationAction action, Member member, DateTimeOffset now)
    {
        if (CheckPermissions(action.Permissions, mayBeNone: false) is { } malformed)
            return malformed;
        var missing = action.Permissions & ~member.HeldPermissions(settings);
        if (missing is Permissions.None)
            return new OrganizationDecision.Nothing();
        var pending = organization.PendingOf(caller.Id);
        if ((missing & ~(pending?.Permissions ?? Permissions.None)) is Permissions.None)
            return new OrganizationDecision.Nothing();
        if (AdministratorsOf(organization, settings) is not { Length: > 0 } administrators)
            return new Refusal(ProblemCodes.WrongState, $"{settings.Name} has no administrator who could approve it. Whoever runs this server names one in its setting OrleansKd:Organizations, in 'Administrators' of {settings.Name}.");
        if (pending is null && organization.Requests.Length >= RequestsLimit)
            return new Refusal(ProblemCodes.LimitReached, $"{RequestsLimit} people of {settings.Name} wait for an administrator already. Ask again when some have been answered.");
        var asked = new PendingPermissions(caller, missing | (pending?.Permissions ?? Permissions.None), action.Reason, now);
        var entry = Entry(organization, PermissionActionKind.Request, caller, caller, missing, action.Reason, now);
        return Changed(organization with { Requests = [.. organization.Requests.Where(request => request.User.Id != caller.Id), asked] }, entry,
            [.. administrators.Select(administrator => new Owed(OwedKind.Mail, administrator.Email, administrator.Email, entry))]);
    }

    private static OrganizationDecision Answer(Organization organization, OrganizationSettings settings, Person caller, OrganizationAction action, ActionTarget target, Member member, DateTimeOffset now)
    {
        if (CheckPermissions(action.Permissions, mayBeNone: true) is { } malformed)
            return malformed;
        var isApproval = action.Kind is PermissionActionKind.Approve;
        var pending = organization.PendingOf(member.Id);
        var asked = pending?.Permissions ?? Permissions.None;
        // Two administrators may approve the same at once: what is held already needs no request.
        var held = isApproval ? member.HeldPermissions(settings) : Permissions.None;
        if (action.Permissions is Permissions.None ? pending is null : (action.Permissions & ~asked & ~held) is not Permissions.None)
            return new Refusal(ProblemCodes.WrongState, $"{target.Person.Email} has asked for {PermissionText.Of(asked)}. 'orleanskd permissions list' shows who waits for a decision.");
        var decided = action.Permissions is Permissions.None ? asked : action.Permissions & asked;
        if (decided is Permissions.None)
            return new OrganizationDecision.Nothing();
        var left = asked & ~decided;
        var next = organization with
        {
            Requests = left is Permissions.None
                ? [.. organization.Requests.Where(request => request != pending)]
                : [.. organization.Requests.Select(request => request == pending ? request with { Permissions = left } : request)],
        };
        return isApproval && WithMember(ref next, member.Give(decided), settings) is { } full
            ? full
            : Decided(next, Entry(organization, action.Kind, caller, target.Person, decided, action.Reason, now));
    }

    private static OrganizationDecision TakeAway(Organization organization, OrganizationSettings settings, Person caller, OrganizationAction action, ActionTarget target, Member member, DateTimeOffset now)
    {
        if (CheckPermissions(action.Permissions, mayBeNone: false) is { } malformed)
            return malformed;
        var held = action.Permissions & member.HeldPermissions(settings);
        if (held is Permissions.None)
            return new OrganizationDecision.Nothing();
        var next = organization;
        return WithMember(ref next, member.Take(held), settings) is { } full
            ? full
            : Decided(next, Entry(organization, action.Kind, caller, target.Person, held, action.Reason, now));
    }

    private static OrganizationDecision Appoint(Organization organization, OrganizationSettings settings, Person caller, OrganizationAction action, ActionTarget target, Member member, DateTimeOffset now)
    {
        if (member.IsAdministrator(settings))
            return new OrganizationDecision.Nothing();
        if (AdministratorsOf(organization, settings).Length >= AdministratorsLimit)
            return new Refusal(ProblemCodes.LimitReached, $"{settings.Name} has {AdministratorsLimit} administrators, the most there can be. Dismiss one first.");
        var next = organization;
        return WithMember(ref next, member with { Administrator = true }, settings) is { } full
            ? full
            : Decided(next, Entry(organization, action.Kind, caller, target.Person, Permissions.None, action.Reason, now));
    }

    private static OrganizationDecision Dismiss(Organization organization, OrganizationSettings settings, Person caller, OrganizationAction action, ActionTarget target, Member member, DateTimeOffset now)
    {
        if (!member.IsAdministrator(settings))
            return new OrganizationDecision.Nothing();
        if (AdministratorsOf(organization, settings).Length == 1)
            return new Refusal(ProblemCodes.WrongState, $"{target.Person.Email} is the last administrator of {settings.Name} and can't be dismissed. Appoint another one first.");
        var next = organization;
        return WithMember(ref next, member with { Administrator = false }, settings) is { } full
            ? full
            : Decided(next, Entry(organization, action.Kind, caller, target.Person, Permissions.None, action.Reason, now));
    }

    private static OrganizationDecision Rebind(Organization organization, Person caller, OrganizationAction action, ActionTarget target, DateTimeOffset now) => target.HasAccount
        ? Decided(organization, Entry(organization, action.Kind, caller, target.Person, Permissions.None, action.Reason, now))
        : new Refusal(ProblemCodes.UserNotFound, $"Nobody has signed in as {target.Person.Email} yet, so there is nothing to bind anew: the first sign-in binds it.");

    /// <summary>Null when the member fits.</summary>
    private static Refusal? WithMember(ref Organization organization, Member member, OrganizationSettings settings)
    {
        var others = organization.Members.Where(other => other.Id != member.Id).ToArray();
        if (others.Length >= MembersLimit)
            return new Refusal(ProblemCodes.LimitReached, $"Decisions about {MembersLimit} people of {settings.Name} are kept already, the most there can be. Name further people in the server's setting OrleansKd:Organizations.");
        organization = organization with { Members = [.. others, member] };
        return null;
    }

    /// <summary>A decision about somebody: their account takes it over, and they get a mail when it is about their permissions.</summary>
    private static OrganizationDecision.Change Decided(Organization next, PermissionLogEntry entry)
    {
        Owed account = new(OwedKind.Account, entry.Whom.Email, entry.Whom.Name, entry);
        return entry.Permissions is Permissions.None
            ? Changed(next, entry, [account])
            : Changed(next, entry, [account, account with { Kind = OwedKind.Mail }]);
    }

    private static OrganizationDecision.Change Changed(Organization next, PermissionLogEntry entry, Owed[] owed) => new(next with
    {
        LastNumber = entry.Number,
        Unfiled = [.. next.Unfiled, entry],
        Owed = [.. next.Owed, .. owed],
    });

    private static PermissionLogEntry Entry(Organization organization, PermissionActionKind kind, Person by, Person whom, Permissions permissions, string reason, DateTimeOffset now) =>
        new(organization.LastNumber + 1, now, kind, by, whom, permissions, reason);

    private static Refusal? CheckPermissions(Permissions permissions, bool mayBeNone) => (permissions & ~Permissions.All) is not Permissions.None || (permissions is Permissions.None && !mayBeNone)
        ? Invalid("Name the permissions that this is about: host, join, or both.")
        : null;

    private static Refusal Invalid(string message) => new(ProblemCodes.InvalidRequest, message);
}
