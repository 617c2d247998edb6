using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Tests.Users;

public sealed class UserIdTests
{
    [Fact]
    public void FromEmail_WhenTheAddressIsLongOnceEscaped_IsAKeyThatTablesTake()
    {
        var (one, other) = (new string('ж', 240) + "@contoso.example", new string('ж', 239) + "з@contoso.example");

        var (id, otherId) = (UserId.FromEmail(one).ToString(), UserId.FromEmail(other).ToString());

        Assert.InRange(id.Length, 1, 400);
        Assert.NotEqual(id, otherId);
        Assert.Equal(id, UserId.FromEmail(" " + one.ToUpperInvariant()).ToString());
        Assert.Equal(id, UserId.FromKey(id).ToString());
        // No address can be written that has another's key.
        Assert.NotEqual(id, UserId.FromEmail(id).ToString());
    }

    [Fact]
    public void FromEmail_WhenTheAddressIsShort_IsReadable() => Assert.Equal("ann@contoso.example", UserId.FromEmail(" Ann@Contoso.example").ToString());
}
