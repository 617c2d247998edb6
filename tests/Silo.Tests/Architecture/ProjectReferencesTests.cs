using System.Xml.Linq;

namespace OrleansKd.Silo.Tests.Architecture;

/// <summary>Which project may reference which, and that terminal and agent never see Orleans.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["OrleansKd.Contracts"] = [],
        ["OrleansKd.Agent"] = ["OrleansKd.Contracts"],
        ["OrleansKd.Tui"] = ["OrleansKd.Agent"],
        ["OrleansKd.Grains.Abstractions"] = ["OrleansKd.Contracts"],
        ["OrleansKd.Grains"] = ["OrleansKd.Grains.Abstractions"],
        ["OrleansKd.AzureTables"] = ["OrleansKd.Grains.Abstractions"],
        ["OrleansKd.Mail"] = ["OrleansKd.Contracts"],
        ["OrleansKd.Silo"] = ["OrleansKd.Grains", "OrleansKd.AzureTables", "OrleansKd.Mail"],
        // The built-in sign-in is a process of its own that knows nothing of sessions.
        ["OrleansKd.SignIn"] = ["OrleansKd.Mail"],
        // The launcher loads the agent's profiles; the rest it only builds and starts.
        ["OrleansKd.Local"] = ["OrleansKd.Agent"],
    };

    private static readonly string Root = FindRoot();

    public static TheoryData<string> Products => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Products))]
    public void Project_WhenItReferencesOthers_NamesOnlyAllowedOnes(string project)
    {
        var references = Load(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

        Assert.Equal(Allowed[project].Order(), references.Order());
    }

    [Theory]
    [InlineData("OrleansKd.Contracts")]
    [InlineData("OrleansKd.Agent")]
    [InlineData("OrleansKd.Tui")]
    [InlineData("OrleansKd.Local")]
    [InlineData("OrleansKd.Mail")]
    [InlineData("OrleansKd.SignIn")]
    public void Project_WhenItRunsOnAPersonsMachine_ReferencesNoOrleans(string project) =>
        Assert.DoesNotContain(Load(project).Descendants("PackageReference"), package => ((string)package.Attribute("Include")!).Contains("Orleans", StringComparison.Ordinal));

    [Fact]
    public void Contracts_WhenBuilt_NeedTheBaseClassLibraryOnly() => Assert.Empty(Load("OrleansKd.Contracts").Descendants("PackageReference"));

    [Fact]
    public void Solution_WhenProjectsExist_HoldsEveryOne()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "OrleansKd.sln"));

        Assert.All(ProjectFiles(), file => Assert.Contains(Path.GetFileName(file), solution, StringComparison.Ordinal));
        Assert.Equal(Allowed.Keys.Order(), ProjectFiles()
            .Where(file => !Path.GetRelativePath(Root, file).StartsWith("tests", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension).Order());
    }

    private static XDocument Load(string project) => XDocument.Load(ProjectFiles().Single(file => Path.GetFileNameWithoutExtension(file) == project));

    private static IEnumerable<string> ProjectFiles() => new[] { "grains", "silo", "agent", "tui", "tests", "deploy" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories));

    internal static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansKd.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run inside the repository.");
        return folder.FullName;
    }
}
