using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Organizations;

/// <summary>The organizations of a test cluster, as their people and administrators use them.</summary>
internal static class OrganizationStage
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static OrganizationId Contoso { get; } = OrganizationId.From("Contoso");

    public static OrganizationId Fabrikam { get; } = OrganizationId.From("Fabrikam");

    public static Task<Person> AdministratorOf(this GrainCluster cluster, OrganizationId organization) => cluster.SignIn($"admin@{organization}.example", "Ada Admin");

    public static Task<Outcome<Done>> ActAsync(this GrainCluster cluster, OrganizationId organization, Person caller, PermissionActionKind kind, Person whom, Permissions permissions = Permissions.None, string reason = "") =>
        cluster.Grains.Organization(organization).Act(caller, new OrganizationAction(kind, whom.Email, permissions, reason));

    public static async Task<Account> AccountOf(this GrainCluster cluster, Person person) => (await cluster.Grains.User(person.Id).GetAccount()).Value!;

    public static async Task Until(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(Poll);
        while (!await isSo())
            await timer.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>A crash makes calls fail; people try again.</summary>
    public static async Task UntilDone(Func<Task<Outcome<Done>>> call)
    {
        await Until(async () =>
        {
            try
            {
                return (await call()).Refusal is null;
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException or TimeoutException or OrleansException)
            {
                return false;
            }
        });
    }
}
