using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>Permissions and decisions in words.</summary>
internal static class PermissionText
{
    public static string Of(Permissions permissions) => permissions switch
    {
        Permissions.Host => "Host Sessions",
        Permissions.Join => "Join Sessions",
        Permissions.All => "Host Sessions, Join Sessions",
        _ => "nothing",
    };

    /// <summary>The mail that tells one person of a log entry. Its id is that entry's, so that a repeated order is the same mail.</summary>
    public static MailOrder Mail(OrganizationId organization, Owed owed)
    {
        var entry = owed.About;
        var isRequest = entry.Kind is PermissionActionKind.Request;
        Dictionary<string, string> values = new() { [MailValues.Permissions] = Of(entry.Permissions) };
        if (entry.Reason.Length > 0)
            values[MailValues.Reason] = entry.Reason;
        if (isRequest)
        {
            (values[MailValues.RequesterName], values[MailValues.RequesterEmail], values[MailValues.RequesterCompany]) =
                (entry.By.Name, entry.By.Email, entry.By.Company);
        }
        else
        {
            (values[MailValues.Decision], values[MailValues.AdministratorName], values[MailValues.AdministratorEmail]) =
                (Decision(entry.Kind), entry.By.Name, entry.By.Email);
        }
        return new MailOrder($"permissions-{organization}-{entry.Number}", isRequest ? MailKind.PermissionRequested : MailKind.PermissionDecided, owed.To, owed.ToName, values);
    }

    private static string Decision(PermissionActionKind kind) => kind switch
    {
        PermissionActionKind.Approve => "approved",
        PermissionActionKind.Deny => "denied",
        _ => "taken away",
    };
}
