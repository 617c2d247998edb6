using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;

namespace OrleansKd.Grains.Users;

/// <summary>Who an account is and what it may do (rules A1, A2, A4). Pure.</summary>
internal static class UserRules
{
    /// <summary>How long an account stays open to be bound anew: a person signs in within a week, and nothing stays open for ever.</summary>
    public static readonly TimeSpan RebindLasts = TimeSpan.FromDays(7);

    /// <summary>Null when the identity may use this account; its first use binds it to issuer and subject (see <see cref="Bind"/>).</summary>
    public static Refusal? CheckSignIn(UserState state, ProvenIdentity identity, OrganizationOptions options, DateTimeOffset now)
    {
        var owner = OrganizationDirectory.OfDomain(options, identity.Email);
        var isAuthoritative = owner is not null && OrganizationDirectory.IsAuthoritative(owner, identity.Issuer);
        if (owner is not null && OrganizationDirectory.NamesIssuers(owner) && !isAuthoritative)
            return new Refusal(ProblemCodes.NotSignedIn, $"{identity.Issuer} is not configured to speak for addresses of {owner.Name}. Sign in with your organization's own provider.");
        if (!isAuthoritative && !identity.IsProven)
            return new Refusal(ProblemCodes.NotSignedIn, $"The address {VisibleText.From(identity.Email)} is not verified by {identity.Issuer}. Verify it there, then sign in again.");
        if (state.Issuer is null || IsBoundTo(state, identity) || now < state.RebindUntil)
            return null;
        return new Refusal(ProblemCodes.NotSignedIn, OrganizationDirectory.OfAccount(options, state.Email, state.Issuer) is { } organization
            ? $"{state.Email} belongs to another sign-in. An administrator of {organization.Name} has to bind the address anew before this one can use it ('orleanskd administrators rebind {state.Email}')."
            : $"{state.Email} belongs to another sign-in. Sign in with the one that was used first.");
    }

    /// <summary>The account after an identity that <see cref="CheckSignIn"/> lets in; the same instance when nothing changes.</summary>
    public static UserState Bind(UserState state, ProvenIdentity identity)
    {
        if (!IsBoundTo(state, identity))
        {
            return state with
            {
                Issuer = identity.Issuer,
                Subject = identity.Subject,
                Email = UserId.Normalize(identity.Email),
                Name = identity.Name,
                RebindUntil = null,
                // They are the one's who made them.
                Tokens = [],
            };
        }
        return state.Name == identity.Name ? state : state with { Name = identity.Name };
    }

    public static Account AccountOf(UserState state, UserId id, OrganizationOptions options)
    {
        var organization = OrganizationDirectory.OfAccount(options, state.Email, state.Issuer);
        var person = new Person(id, state.Name, organization?.Name ?? "", state.Email);
        // Nobody administers them: the host who invites them lets them join, and takes that back.
        if (organization is null)
            return new Account(person, MayHost: false, MayJoin: true, IsAdministrator: false, IsListFull: state.Sessions.Count >= Limits.ListedSessions);
        var organizationId = OrganizationDirectory.IdOf(organization);
        var isDecided = state.DecidedBy == organizationId.ToString();
        var member = isDecided ? new Member(state.Email, state.Given, state.Taken, state.Administrator) : new Member(state.Email);
        var held = member.HeldPermissions(organization);
        return new Account(
            person,
            MayHost: held.HasFlag(Permissions.Host),
            MayJoin: held.HasFlag(Permissions.Join),
            IsAdministrator: member.IsAdministrator(organization),
            organizationId,
            isDecided ? state.LastDecision : null,
            state.Sessions.Count >= Limits.ListedSessions);
    }

    /// <summary>The account with what its organization has decided; the same instance when that is old, or another organization's.</summary>
    public static UserState Apply(UserState state, PermissionOrder order, OrganizationOptions options)
    {
        if (state.Issuer is not null
            && (OrganizationDirectory.OfAccount(options, state.Email, state.Issuer) is not { } organization || OrganizationDirectory.IdOf(organization) != order.Organization))
            return state;
        var by = order.Organization.ToString();
        if (state.DecidedBy != by)
            state = state with { DecidedBy = by, LastDecision = null, RebindNumber = 0, RebindUntil = null };
        if (order.About.Kind is PermissionActionKind.Rebind && order.About.Number > state.RebindNumber)
            state = state with { RebindNumber = order.About.Number, RebindUntil = order.About.At + RebindLasts };
        return order.About.Number <= (state.LastDecision?.Number ?? 0)
            ? state
            : state with { Given = order.Given, Taken = order.Taken, Administrator = order.Administrator, LastDecision = order.About };
    }

    /// <summary>The account that owes its sessions the news, when what it may do is not what they know; else the same instance.</summary>
    public static UserState TellSessions(UserState state, OrganizationOptions options)
    {
        if (state.Issuer is null)
            return state;
        var now = PermissionsOf(state, options);
        if (now == state.Known)
            return state;
        // Sessions that were told nothing yet take it that their people may do everything.
        return state with { Known = now, Untold = state.Known is null && now is Permissions.All ? state.Untold : [.. state.Sessions] };
    }

    /// <summary>A session in the list; it has to hear what the user may not do.</summary>
    public static UserState AddSession(UserState state, string session, OrganizationOptions options)
    {
        var isWanting = state.Issuer is not null && PermissionsOf(state, options) is not Permissions.All;
        var isToTell = isWanting && !state.Untold.Contains(session);
        if (state.Sessions.Contains(session) && !isToTell)
            return state;
        return state with
        {
            Sessions = state.Sessions.Contains(session) ? state.Sessions : [.. state.Sessions, session],
            Untold = isToTell ? [.. state.Untold, session] : state.Untold,
        };
    }

    /// <summary>The account that knows a session by this key; the same instance when it does already.</summary>
    public static UserState ReserveSession(UserState state, string key, string about, string session) => state.NamedSessions.Exists(named => named.Key == key)
        ? state
        : state with { NamedSessions = [.. state.NamedSessions.TakeLast(Limits.RequestKeysKept - 1), new NamedSession(key, about, session)] };

    public static bool IsBoundTo(UserState state, ProvenIdentity identity) => state.Issuer == identity.Issuer && state.Subject == identity.Subject;

    private static Permissions PermissionsOf(UserState state, OrganizationOptions options)
    {
        var account = AccountOf(state, default, options);
        return (account.MayHost ? Permissions.Host : Permissions.None) | (account.MayJoin ? Permissions.Join : Permissions.None);
    }
}
