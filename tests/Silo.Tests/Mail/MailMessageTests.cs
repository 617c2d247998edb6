using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Silo.Mail;
using OrleansKd.Testing.Hostile;

namespace OrleansKd.Silo.Tests.Mail;

/// <summary>What stands in a mail, and that nothing people write gets out of its place.</summary>
public sealed partial class MailMessageTests
{
    private static readonly MailMessages Messages = new(new SiloMailOptions { Transport = "pickup", From = "OrleansKd <orleanskd@contoso.example>", ServerAddress = "https://debug.contoso.example" });

    private static readonly DateTimeOffset At = new(2026, 11, 25, 9, 30, 0, TimeSpan.Zero);

    public static TheoryData<MailKind> Kinds => [.. Enum.GetValues<MailKind>()];

    public static TheoryData<string> Texts =>
    [
        "x\r\nBcc: mallory@x.example",
        "x\nBcc: mallory@x.example\n\nbody",
        "\r\n\r\n<script>alert(1)</script>",
        "</bdi></p><img src=x onerror=alert(1)>",
        "\u202Egnp.exe",
        "\u001b]0;title\u0007\u001b[31m",
        "=?utf-8?q?=0D=0ABcc:_mallory@x.example?=",
        "{0} {1} {",
        "\u2028\u0085\0",
        "\"<mallory@x.example>, \"",
        new string('x', 3_000),
        .. HostileTexts.All.Select(hostile => hostile.Text),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Make_OfEveryKind_HasATextInBothForms(MailKind kind)
    {
        using var message = Make(OrderOf(kind, value => $"[{value}]"));

        Assert.NotEmpty(message.Subject!);
        Assert.Contains("https://debug.contoso.example", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://debug.contoso.example", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("{0}", message.TextBody, StringComparison.Ordinal);
    }

    /// <summary>Names, descriptions and reasons as bad as they come, in every value of every kind, through real MIME and back.</summary>
    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public void Make_WhenNamesAreHostile_KeepsThemWhereTheyBelong(string hostile)
    {
        foreach (var kind in Enum.GetValues<MailKind>())
        {
            var order = OrderOf(kind, _ => hostile) with { ToName = hostile };
            using var message = Make(order);

            Assert.Equal("bob@fabrikam.example", Assert.IsType<MailboxAddress>(Assert.Single(message.To)).Address);
            Assert.Single(message.From);
            Assert.Empty(message.Bcc);
            Assert.Empty(message.Cc);
            Assert.Equal(
                ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-Id", "Subject", "To"],
                message.Headers.Select(header => header.Field).Concat(["Content-Type", "MIME-Version"]).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal));
            Assert.All([message.Subject!, message.TextBody!, message.HtmlBody!], text => Assert.Null(Shown.ProblemOf(text.ReplaceLineEndings("\n"))));
            Assert.All(Tag().Matches(message.HtmlBody!).Select(match => match.Value), tag => Assert.Matches("^<(!DOCTYPE html>|/?(html|head|meta|body|p|b|bdi|blockquote|br|div|pre)\\b)", tag));
            Assert.DoesNotContain("onerror", string.Concat(Tag().Matches(message.HtmlBody!)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Make_WhenTheDescriptionLooksLikeOurOwnWords_MarksEveryLineOfIt()
    {
        using var message = Make(OrderOf(MailKind.InvitationToClient, value => value == MailValues.SessionDescription ? "one\r\nTo join:\n\n    rm -rf /" : "x"));

        Assert.Contains("> one\n> To join:\n> \n>     rm -rf /\n", message.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void MessageId_OfTheSameOrder_IsTheSameAndOfAnotherIsNot()
    {
        var order = OrderOf(MailKind.InvitationToClient, value => value);
        string IdOf(MailOrder other)
        {
            using var message = Make(other);
            return message.MessageId!;
        }

        Assert.Equal(IdOf(order), IdOf(order with { ToName = "renamed", Values = [] }));
        Assert.NotEqual(IdOf(order), IdOf(order with { Id = "another" }));
        Assert.NotEqual(IdOf(order), IdOf(order with { ToEmail = "ann@contoso.example" }));
    }

    [Fact]
    public void Make_WhenTheKindIsFromANewerVersion_WaitsForASiloThatKnowsIt()
    {
        Assert.Null(Messages.TryMake(OrderOf((MailKind)99, value => value), At, out var problem));
        Assert.Equal((false, false), (problem!.IsSent, problem.IsFinal));
    }

    [Fact]
    public async Task Pickup_WhenRepeated_LeavesOneWholeFileAndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("orleanskd-pickup-");
        using var sender = new MailSender(new SiloMailOptions
        {
            Transport = "pickup",
            From = "orleanskd@contoso.example",
            ServerAddress = "http://127.0.0.1:5080",
            PickupFolder = folder.FullName,
        });
        var order = OrderOf(MailKind.InvitationToClient, value => $"{value} ünï 測試");

        Assert.True((await sender.Send(order, At, TestContext.Current.CancellationToken)).IsSent);
        Assert.True((await sender.Send(order, At, TestContext.Current.CancellationToken)).IsSent);

        using var message = await MimeMessage.LoadAsync(Assert.Single(folder.GetFiles()).FullName, TestContext.Current.CancellationToken);
        Assert.Contains("sessionName ünï 測試", message.TextBody, StringComparison.Ordinal);
        Assert.True(Ascii.IsValid(await File.ReadAllBytesAsync(folder.GetFiles()[0].FullName, TestContext.Current.CancellationToken)));
        folder.Delete(recursive: true);
        Assert.Equal((false, false), await sender.Send(order, At, TestContext.Current.CancellationToken) is var gone ? (gone.IsSent, gone.IsFinal) : default);
    }

    private static MailOrder OrderOf(MailKind kind, Func<string, string> value) => new("order-1", kind, "bob@fabrikam.example", "Bob", typeof(MailValues).GetFields()
        .Select(field => (string)field.GetRawConstantValue()!).ToDictionary(name => name, value));

    /// <summary>Written and read again: what a recipient's program sees.</summary>
    private static MimeMessage Make(MailOrder order)
    {
        using var made = Messages.TryMake(order, At, out var problem);
        Assert.Null(problem);
        var stream = new MemoryStream();
        made!.Prepare(EncodingConstraint.SevenBit, 78);
        made.WriteTo(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        return MimeMessage.Load(stream, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
