using Orleans.Serialization.Invocation;
using OrleansKd.Grains.Abstractions.Sessions;

namespace OrleansKd.Grains.Tests;

/// <summary>Orleans writes a call's text into its log when the call is late; the arguments of calls may be secrets (rule B8) or what a debugger printed.</summary>
public sealed class CallTextTests
{
    [Fact]
    public void ToString_OfEveryGrainCall_HasNoArgument()
    {
        const string Argument = "geheim";
        var withText = 0;
        foreach (var type in typeof(ISessionGrain).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IInvokable))))
        {
            var call = (IInvokable)Activator.CreateInstance(type, nonPublic: true)!;
            for (var index = 0; index < call.GetArgumentCount(); index++)
            {
                var parameter = call.GetMethod().GetParameters()[index].ParameterType;
                if (parameter == typeof(string))
                {
                    call.SetArgument(index, Argument);
                    withText++;
                }
            }
            Assert.DoesNotContain(Argument, call.ToString(), StringComparison.Ordinal);
        }
        Assert.True(withText > 20, $"{withText} arguments were texts");
    }
}
