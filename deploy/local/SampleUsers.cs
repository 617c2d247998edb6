using System.Text.Json.Nodes;

namespace OrleansKd.Local;

/// <summary>Somebody who is signed in as <paramref name="Profile"/>.</summary>
internal sealed record SampleUser(string Profile, string Email, string Name);

/// <summary>Two people of different companies, and one who may do nothing yet: <c>newcomer</c>.</summary>
internal static class SampleUsers
{
    public static IReadOnlyList<SampleUser> All { get; } =
    [
        new("host", "host@contoso.example", "Hanna Host"),
        new("client", "client@fabrikam.example", "Clive Client"),
        new("newcomer", "newcomer@contoso.example", "Nora Newcomer"),
    ];

    public static JsonArray Organizations() =>
    [
        new JsonObject
        {
            ["Name"] = "Contoso",
            ["Domains"] = new JsonArray("contoso.example"),
            ["Administrators"] = new JsonArray("host@contoso.example"),
            ["Hosts"] = new JsonArray("host@contoso.example"),
            ["Joiners"] = new JsonArray("host@contoso.example"),
        },
        new JsonObject
        {
            ["Name"] = "Fabrikam",
            ["Domains"] = new JsonArray("fabrikam.example"),
            ["Joiners"] = new JsonArray("client@fabrikam.example"),
        },
    ];
}
