using Microsoft.Playwright;

namespace OrleansKd.SignIn.Tests.Infrastructure;

/// <summary>The system's Chromium, driven by Playwright, which downloads none of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Find() });
    }

    /// <summary>A browser with cookies of its own.</summary>
    internal async Task<ChromiumPage> OpenAsync(bool hasScripts = true)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = hasScripts });
        return new ChromiumPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    private static string Find() =>
        Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("There is no Chromium. Install it: apt-get install chromium");
}

/// <summary>One window, and everything in it that should not be: errors, what the pages' own policy forbids, and requests that leave the sign-in.</summary>
internal sealed class ChromiumPage : IAsyncDisposable
{
    /// <summary>When it names a folder, each page's pictures go there: for people who change the pages.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("ORLEANSKD_SCREENSHOTS");

    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];
    private readonly List<Uri> requests = [];

    public ChromiumPage(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => complaints.Add(error);
        page.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");
        page.Request += (_, request) => requests.Add(new Uri(request.Url));
    }

    public IPage Page { get; }

    /// <summary>The open page's heading.</summary>
    public Task<string> TitleAsync() => Page.GetByRole(AriaRole.Heading).InnerTextAsync();

    public string Path => new Uri(Page.Url).AbsolutePath;

    public async Task OpenAsync(Uri address)
    {
        await Page.GotoAsync(address.AbsoluteUri);
        await PictureAsync();
    }

    /// <summary>Types into the field with this label and presses the button.</summary>
    public async Task EnterAsync(string label, string text, string button)
    {
        await Page.GetByLabel(label).FillAsync(text);
        await PressAsync(button);
    }

    public async Task PressAsync(string button)
    {
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button }).ClickAsync();
        await Page.WaitForLoadStateAsync();
        await PictureAsync();
    }

    /// <summary>Nothing went wrong in this browser but refusals that a test asked for, and nothing went anywhere but to the sign-in.</summary>
    public void WasClean(Uri signIn)
    {
        Assert.All(complaints, complaint => Assert.Contains("the server responded with a status of 400", complaint, StringComparison.Ordinal));
        Assert.NotEmpty(requests);
        Assert.All(requests, request => Assert.Equal(signIn.Authority, request.Authority));
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private async Task PictureAsync()
    {
        if (Pictures is null)
            return;
        foreach (var (width, height) in new[] { (1280, 800), (390, 844) })
        {
            await Page.SetViewportSizeAsync(width, height);
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = System.IO.Path.Combine(Pictures, $"{requests.Count:D3}-{Path.Trim('/').Replace('/', '-')}-{width}.png") });
        }
    }
}
