using System.Net;
using System.Text.RegularExpressions;

namespace OrleansKd.SignIn.Tests.Infrastructure;

/// <summary>A browser with its own cookies that follows redirects and fills in forms as they come.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient http;
    private readonly Uri address;

    public Browser(Uri address)
    {
        this.address = address;
        http = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = true });
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The page that is open.</summary>
    public string Html { get; private set; } = "";

    public HttpStatusCode Status { get; private set; }

    public string Path { get; private set; } = "";

    public string Title => WebUtility.HtmlDecode(Heading().Match(Html).Groups["text"].Value);

    public HttpResponseMessage Last { get; private set; } = new();

    public Task OpenAsync(string path) => GoAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(address, path)));

    /// <summary>Submits the form of the open page, with its hidden fields and these.</summary>
    public Task SubmitAsync(params (string Name, string Value)[] fields)
    {
        var form = Form().Match(Html);
        Assert.True(form.Success, Html);
        return PostAsync(form.Groups["action"].Value, [.. Hidden().Matches(Html).Select(field => (field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value))).Where(own => fields.All(given => given.Name != own.Item1)), .. fields]);
    }

    public Task PostAsync(string path, params (string Name, string Value)[] fields) => GoAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
    {
        Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
    });

    /// <summary>From the device's code up to the page that asks for the mailed code.</summary>
    public async Task AskForCodeAsync(string userCode, string email)
    {
        await OpenAsync("/device?user_code=" + userCode);
        await SubmitAsync();
        await SubmitAsync(("email", email));
    }

    public void Dispose() => http.Dispose();

    private async Task GoAsync(HttpRequestMessage request)
    {
        using var sent = request;
        Last = await http.SendAsync(request, TestContext.Current.CancellationToken);
        (Status, Html, Path) = (Last.StatusCode, await Last.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), Last.RequestMessage!.RequestUri!.PathAndQuery);
    }

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]*)\">")]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]* name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("<h1>(?<text>[^<]*)</h1>")]
    private static partial Regex Heading();
}
