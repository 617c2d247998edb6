using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.Invitations;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions;

/// <summary>The only place that knows how grains are keyed. Every key is injective: its parts can't run into each other.</summary>
public static class GrainFactoryExtensions
{
    public static ISessionGrain Session(this IGrainFactory grains, SessionId id) => grains.GetGrain<ISessionGrain>(id.ToString());

    public static IUserGrain User(this IGrainFactory grains, UserId id) => grains.GetGrain<IUserGrain>(id.ToString());

    /// <summary>Key: the user's id, <c>!</c> (never part of it), and the computer's name escaped like one.</summary>
    public static IComputerGrain Computer(this IGrainFactory grains, UserId user, string computer) =>
        grains.GetGrain<IComputerGrain>($"{user}!{UserId.FromEmail(computer)}");

    /// <summary>Key: the session's id (26 characters) and the user's.</summary>
    public static IInvitationGrain Invitation(this IGrainFactory grains, SessionId session, UserId user) =>
        grains.GetGrain<IInvitationGrain>($"{session}{user}");

    public static IMailOutboxGrain MailOutbox(this IGrainFactory grains, UserId recipient) => grains.GetGrain<IMailOutboxGrain>(recipient.ToString());

    public static IOrganizationGrain Organization(this IGrainFactory grains, OrganizationId id) => grains.GetGrain<IOrganizationGrain>(id.ToString());

    /// <summary>Key: the organization's id, <c>!</c> (never part of it), and the page's number.</summary>
    public static IPermissionLogGrain PermissionLog(this IGrainFactory grains, OrganizationId organization, long page) =>
        grains.GetGrain<IPermissionLogGrain>(string.Create(CultureInfo.InvariantCulture, $"{organization}!{page}"));
}
