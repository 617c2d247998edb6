using System.Net;
using System.Text.RegularExpressions;

namespace OrleansKd.Local;

/// <summary>A browser of a few lines that fills in the built-in sign-in's pages, and reads the codes in the mail folder.</summary>
internal sealed partial class SignInPages : IDisposable
{
    /// <summary>A mail is there in a moment; a busy machine takes many times that.</summary>
    private static readonly TimeSpan MailLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient http;
    private readonly string mailFolder;
    private readonly TimeProvider time;

    public SignInPages(Uri authority, string mailFolder, TimeProvider time)
    {
        (this.mailFolder, this.time) = (mailFolder, time);
        http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = authority, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Lets the device in as somebody.</summary>
    /// <exception cref="LocalException">A page does not lead on; the message has it.</exception>
    public async Task AllowAsync(string userCode, SampleUser user, CancellationToken cancellationToken)
    {
        var page = await ReadAsync(http.GetAsync(new Uri($"/device?user_code={userCode}", UriKind.Relative), cancellationToken), cancellationToken);
        page = await SubmitAsync(page, cancellationToken);
        var earlier = Mails().Select(file => file.Name).ToHashSet();
        page = await SubmitAsync(page, cancellationToken, ("email", user.Email));
        page = await SubmitAsync(page, cancellationToken, ("code", await CodeAsync(user.Email, earlier, cancellationToken)));
        if (page.Contains("name=\"name\"", StringComparison.Ordinal))
            page = await SubmitAsync(page, cancellationToken, ("name", user.Name));
        await SubmitAsync(page, cancellationToken, ("decision", "allow"));
    }

    public void Dispose() => http.Dispose();

    private async Task<string> SubmitAsync(string page, CancellationToken cancellationToken, params (string Name, string Value)[] entered)
    {
        var form = Form().Match(page);
        if (!form.Success)
            throw new LocalException($"The sign-in's page has no form:\n{page}");
        var fields = Filled().Matches(page).Select(field => (Name: field.Groups["name"].Value, Value: WebUtility.HtmlDecode(field.Groups["value"].Value)))
            .Where(field => entered.All(one => one.Name != field.Name)).Concat(entered);
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await ReadAsync(http.PostAsync(new Uri(form.Groups["action"].Value, UriKind.Relative), content, cancellationToken), cancellationToken);
    }

    private static async Task<string> ReadAsync(Task<HttpResponseMessage> sending, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await sending;
            var page = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? page : throw new LocalException($"The sign-in answered {(int)answer.StatusCode}:\n{page}");
        }
        catch (HttpRequestException exception)
        {
            throw new LocalException($"The sign-in did not answer: {exception.Message}", exception);
        }
    }

    private IEnumerable<FileInfo> Mails() => new DirectoryInfo(mailFolder).EnumerateFiles("*.eml");

    /// <summary>The code that was just mailed to somebody; its mail has done its work and goes.</summary>
    private async Task<string> CodeAsync(string email, HashSet<string> earlier, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < MailLimit; await Task.Delay(Look, time, cancellationToken))
        {
            foreach (var file in Mails().Where(file => !earlier.Contains(file.Name)))
            {
                var mail = await TryReadAsync(file, cancellationToken);
                if (mail?.Contains($"To: {email}", StringComparison.Ordinal) != true || Code().Match(mail) is not { Success: true } code)
                    continue;
                file.Delete();
                return code.Groups["one"].Value + code.Groups["two"].Value;
            }
        }
        throw new LocalException($"The sign-in mailed no code to {email} within {MailLimit.TotalSeconds:F0} seconds; its log is beside the others.");
    }

    /// <summary>Null when it is gone: somebody else's, who has read it.</summary>
    private static async Task<string?> TryReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file.FullName, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]*)\">")]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]* name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Filled();

    [GeneratedRegex(@"^    (?<one>\d{4}) (?<two>\d{4})\r?$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
