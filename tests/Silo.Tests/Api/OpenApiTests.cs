using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansKd.Contracts;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>The OpenAPI document of a real server, and the copy of it that is committed.</summary>
public sealed partial class OpenApiTests(EdgeFixture edge)
{
    private const string UpdateVariable = "ORLEANSKD_UPDATE_OPENAPI";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_WhenCompared_IsTheCommittedOne()
    {
        var path = Path.Combine(Repository(), "silo", "openapi.json");
        var served = (await ReadAsync()).ToJsonString(new() { WriteIndented = true }) + "\n";
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            await File.WriteAllTextAsync(path, served, Cancellation);

        Assert.True(served == await File.ReadAllTextAsync(path, Cancellation),
            $"The API is not what silo/openapi.json says. If that is meant: '{UpdateVariable}=1 dotnet test --project tests/Silo.Tests --filter-class {GetType().FullName}', and look at the difference.");
    }

    [Fact]
    public async Task Document_WhenRead_HasEveryRouteWithASummaryAndItsProblems()
    {
        var paths = (await ReadAsync())["paths"]!.AsObject();
        var routes = typeof(Routes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Where(route => route.StartsWith("/api", StringComparison.Ordinal));

        Assert.Equal(routes.Order(), paths.Select(path => path.Key).Order());
        var operations = paths.SelectMany(path => path.Value!.AsObject().Select(method => (Name: $"{method.Key} {path.Key}", Operation: method.Value!))).ToArray();
        Assert.All(operations, item =>
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)item.Operation["summary"]), $"{item.Name} has no summary: call Describe where it is mapped.");
            var answers = item.Operation["responses"]!.AsObject().Select(answer => int.Parse(answer.Key)).ToArray();
            Assert.Contains(answers, answer => answer < 300);
            Assert.Contains(answers, answer => answer >= 400);
        });
        Assert.Equal(operations.Length, operations.Select(item => (string?)item.Operation["operationId"]).Distinct().Count());
    }

    [Fact]
    public async Task Document_WhenAskedWithoutToken_IsServed()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.OpenApi, token: null);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public void Codes_WhenListedInTheReadme_AreAllOfThemWithTheirStatus()
    {
        var readme = File.ReadAllText(Path.Combine(Repository(), "silo", "README.md"));

        Assert.Equal(
            ProblemCodes.All.Select(code => $"{code} {Problems.StatusOf(code)}").Order(),
            CodeLine().Matches(readme).Select(line => $"{line.Groups[1].Value} {line.Groups[2].Value}").Order());
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var answer = await edge.SendAsync(HttpMethod.Get, Routes.OpenApi, token: null);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansKd.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests are not inside the repository.");
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \| (\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex CodeLine();
}
