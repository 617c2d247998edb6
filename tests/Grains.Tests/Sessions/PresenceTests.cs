using Microsoft.Extensions.Time.Testing;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

public sealed class PresenceTests
{
    [Fact]
    public void Present_WhenTheLeaseIsNotRenewed_EndsAfterIt()
    {
        var time = new FakeTimeProvider();
        var presence = new Presence(time);
        presence.Renew(Ann.Id);
        presence.Renew(Bob.Id);

        time.Advance(Presence.Lease - TimeSpan.FromSeconds(1));
        presence.Renew(Bob.Id);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([Bob.Id], presence.Present());
    }
}
