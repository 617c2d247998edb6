using OrleansKd.Contracts;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Tests.Hosting;

public sealed class WholeArgumentsTests
{
    [Fact]
    public void MissingIn_WhenEverythingIsThere_IsNothing()
    {
        Assert.Null(WholeArguments.MissingIn(new AgentRegistration("lab", "a1", ["/usr/bin/gdb"]), mayBeNull: false, "registration"));
        Assert.Null(WholeArguments.MissingIn(new FollowRequest("s", 0, 0, false), mayBeNull: false, "request"));
        Assert.Null(WholeArguments.MissingIn(null, mayBeNull: true, "request"));
    }

    public static TheoryData<object?, string> Incomplete => new()
    {
        { null, "it" },
        { new AgentRegistration(null!, "a1", []), "it.computer" },
        { new AgentRegistration("lab", "a1", null!), "it.debuggers" },
        { new AgentRegistration("lab", "a1", ["/usr/bin/gdb", null!]), "it.debuggers[1]" },
        { new FollowRequest("s", 0, 0, false, new ViewerPlace("p", null!)), "it.place.computer" },
        { new[] { "s", null! }, "it[1]" },
    };

    [Theory]
    [MemberData(nameof(Incomplete))]
    public void MissingIn_WhenSomethingIsLeftOut_NamesIt(object? value, string missing) =>
        Assert.Equal(missing, WholeArguments.MissingIn(value, mayBeNull: false, "it"));
}
