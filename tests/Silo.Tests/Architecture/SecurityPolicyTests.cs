using System.Text.RegularExpressions;

namespace OrleansKd.Silo.Tests.Architecture;

/// <summary>What SECURITY.md says that a test shows is shown by a test that exists.</summary>
public sealed partial class SecurityPolicyTests
{
    [Fact]
    public void Threats_WhenTheyNameATest_NameOneThatExists()
    {
        var repository = ProjectReferencesTests.FindRoot();
        var sources = Directory.EnumerateFiles(Path.Combine(repository, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();
        var rows = File.ReadLines(Path.Combine(repository, ".github", "SECURITY.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('`', StringComparison.Ordinal)).ToArray();

        Assert.True(rows.Length >= 20, "The table of threats is not where it was.");
        foreach (var row in rows)
        {
            var names = TestName().Matches(row[row.IndexOf(" | ", StringComparison.Ordinal)..]);
            Assert.True(names.Count > 0, $"No test stands against: {row}");
            foreach (Match name in names)
            {
                var (type, method) = (name.Groups[1].Value, name.Groups[2].Value);
                Assert.True(sources.Any(source => source.Contains($"class {type}", StringComparison.Ordinal) && (method.Length == 0 || source.Contains($" {method}(", StringComparison.Ordinal))),
                    $"{name.Value} does not exist, and this counts on it: {row}");
            }
        }
    }

    [GeneratedRegex("`([A-Za-z]+(?:Tests|Story|Stories))(?:\\.([A-Za-z_]+))?`")]
    private static partial Regex TestName();
}
