namespace OrleansKd.SignIn.Hosting;

/// <summary>Section <c>OrleansKd:SignIn</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>
    /// The https address of this sign-in, as everybody reaches it. Accounts are bound to it: it stays the same for ever. Empty: where it
    /// listens, when that is one address of this machine.
    /// </summary>
    public string Issuer { get; set; } = "";

    /// <summary>Folder for keys and tokens; readable by this program's user only.</summary>
    public string Data { get; set; } = "";

    /// <summary>Who may sign in: mail domains (<c>contoso.example</c>) and addresses (<c>ann@fabrikam.example</c>); <c>*</c>: anybody.</summary>
    public string[] Domains { get; set; } = [];

    /// <summary>Addresses of proxies in front of this that end TLS: what they say of the caller is believed, and the port may be without TLS.</summary>
    public string[] TlsProxies { get; set; } = [];

    public CertificateOptions Certificate { get; set; } = new();

    /// <summary>What the audience of access tokens is called (<c>OrleansKd:Auth:Audience</c> of the silos).</summary>
    public string Audience { get; set; } = "orleanskd";

    /// <summary>Short: nobody takes one back. A silo believes an access token until it ends.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whoever does not use OrleansKd for so long signs in again.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// A refresh token is taken once; again within this time, because an answer may be lost on its way. Later it was stolen, and whatever
    /// came of that sign-in ends.
    /// </summary>
    public TimeSpan RefreshReuseLeeway { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a person has from the code in the terminal to the button in the browser.</summary>
    public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a code in a mail is good.</summary>
    public TimeSpan MailCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Seconds between two questions of a client whether its user is done (RFC 8628).</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    public KeyOptions Keys { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();
}

/// <summary>Section <c>OrleansKd:SignIn:Certificate</c>: PEM files.</summary>
public sealed class CertificateOptions
{
    /// <summary>Certificate and the ones that signed it.</summary>
    public string File { get; set; } = "";

    /// <summary>Its private key; empty: in the same file.</summary>
    public string KeyFile { get; set; } = "";
}

/// <summary>Section <c>OrleansKd:SignIn:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>How long one key signs.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromDays(90);

    /// <summary>A key is published so long before it signs: silos look for new keys every 12 hours.</summary>
    public TimeSpan PublishedAhead { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How often it is looked whether a key is due.</summary>
    public TimeSpan Look { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Section <c>OrleansKd:SignIn:Limits</c>. A client is an IPv4 address or an IPv6 /64; a small team may sit behind one.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>Forms of one client: some ten people who sign in at the same minute.</summary>
    public int FormsPerMinute { get; set; } = 60;

    /// <summary>Codes in mails to one address that one client asks for.</summary>
    public int MailsPerHour { get; set; } = 6;

    /// <summary>
    /// Codes in mails to one address, whoever asks: a mailbox is not flooded, and with five tries each none is guessed. More than for one client, so
    /// that one alone can't use up somebody else's.
    /// </summary>
    public int MailsPerAddressAndHour { get; set; } = 20;

    /// <summary>Sign-ins that one client begins.</summary>
    public int DevicesPerMinute { get; set; } = 30;

    /// <summary>Questions of one client at the token endpoint: fifty sign-ins that wait at once.</summary>
    public int TokensPerMinute { get; set; } = 600;
}
