using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Storage;

/// <summary>What the server says at start of its organizations.</summary>
public sealed class OrganizationStartTests
{
    [Fact]
    public async Task Start_WhenTwoOrganizationsNameADomain_EndsWithWhatToDo()
    {
        await using var silo = SiloProgram.Start("UseDevelopmentStorage=true",
            "--OrleansKd:Organizations:0:Name=Contoso", "--OrleansKd:Organizations:0:Domains:0=contoso.example",
            "--OrleansKd:Organizations:1:Name=Fabrikam", "--OrleansKd:Organizations:1:Domains:0=contoso.example");

        var result = await silo.EndAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("OrleansKd:Organizations:1:Domains names contoso.example", result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenNobodyIsAnAdministrator_SaysHowToNameOne()
    {
        // The settings file names one for the sample users; this comes after it.
        await using var servers = await ServerProcesses.OpenAsync(environment => environment["OrleansKd__Organizations__0__Administrators__0"] = "");
        var server = await servers.StartServerAsync("all");

        var told = await server.Run.WaitForAsync(text => text.Contains("Nobody administers any organization", StringComparison.Ordinal), "the warning");

        Assert.Contains(":Administrators:0", told, StringComparison.Ordinal);
    }
}
