using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Mail;
using OrleansKd.Testing;
using OrleansKd.Testing.Azurite;
using OrleansKd.Testing.MailServer;
using static OrleansKd.Silo.Tests.Mail.MailSilo;

namespace OrleansKd.Silo.Tests.Mail;

/// <summary>Rule C4 with a real mail server: mail comes, once, whatever happens to the server or to us.</summary>
public sealed class MailDeliveryTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enqueue_WhenTheServerTakesIt_IsSentOnceHoweverOftenItIsAsked()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        await using var silo = await new MailSilo(azurite, Smtp(server)).StartAsync();
        var order = OrderTo("bob@fabrikam.example");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => silo.EnqueueAsync(order)));
        await silo.BecomesAsync(order, MailStatus.Sent);
        await silo.EnqueueAsync(order);
        await silo.EnqueueAsync(OrderTo("bob@fabrikam.example", "order-2"));
        await silo.BecomesAsync(OrderTo("bob@fabrikam.example", "order-2"), MailStatus.Sent);

        Assert.Equal(2, server.Mails.Count);
        var mail = Read(server.Mails[0]);
        Assert.Equal("\"Bob Client\" <bob@fabrikam.example>", mail.To.ToString());
        Assert.Equal("OrleansKd <orleanskd@contoso.example>".Replace("OrleansKd <", "\"OrleansKd\" <", StringComparison.Ordinal), mail.From.ToString());
        Assert.EndsWith("@contoso.example", mail.MessageId, StringComparison.Ordinal);
        Assert.Contains("orleanskd --server https://debug.contoso.example sessions watch abcdefghijklmnopqrstuvwxyz", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("crash in ntfs", mail.HtmlBody, StringComparison.Ordinal);
        Assert.NotEqual(mail.MessageId, Read(server.Mails[1]).MessageId);
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Implicit")]
    public async Task Send_WhenTheServerWantsTlsAndAPassword_GetsThrough(string tls)
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation, tls, ("kd", "s3cret"));
        await using var silo = await new MailSilo(azurite, Smtp(server)).StartAsync();
        var order = OrderTo("bob@fabrikam.example");

        await silo.EnqueueAsync(order);
        await silo.BecomesAsync(order, MailStatus.Sent);

        Assert.Equal((true, "kd"), (Assert.Single(server.Mails).IsSecure, server.Mails[0].User));
    }

    [Theory]
    [InlineData("certificate")]
    [InlineData("password")]
    [InlineData("no STARTTLS")]
    public async Task Send_WhenTheServerCanNotBeTrustedOrDoesNotTrustUs_WaitsAndTellsItNothing(string wrong)
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation, wrong == "no STARTTLS" ? "None" : "StartTls", ("kd", "s3cret"));
        var options = Smtp(server);
        options.Smtp.Tls = "StartTls";
        if (wrong == "certificate")
            options.Smtp.TrustedCertificateFile = null;
        if (wrong == "password")
            options.Smtp.Password = "wrong";
        using var sender = new Silo.Mail.MailSender(options);

        var result = await sender.Send(OrderTo("bob@fabrikam.example"), DateTimeOffset.UnixEpoch, Cancellation);

        Assert.Equal((false, false), (result.IsSent, result.IsFinal));
        Assert.Empty(server.Mails);
        Assert.Equal(wrong == "password", server.Count("auth") > 0);
        Assert.DoesNotContain("bob@", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTheServerIsAwayAndComesBack_GetsThrough()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        await server.StopAsync();
        await using var silo = await new MailSilo(azurite, Smtp(server)).StartAsync();
        var order = OrderTo("bob@fabrikam.example");

        await silo.EnqueueAsync(order);
        Assert.Equal(MailStatus.Waiting, await silo.StatusOfAsync(order));
        await server.StartAgainAsync(Cancellation);

        await silo.BecomesAsync(order, MailStatus.Sent);
        // What the mail server tells of it may come a little later than its answer.
        await server.UntilAsync(() => server.Mails.Count > 0, "the mail", Cancellation);
        Assert.Single(server.Mails);
    }

    /// <summary>Ten minutes of the outbox's own patience, with the pauses that a deployment has; it asks seldom, and gets through at the next time.</summary>
    [Fact]
    public async Task Send_WhenTheServerIsAwayForTenMinutes_AsksSeldomAndGetsThrough()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        await server.StopAsync();
        var time = new ShiftedTime();
        await using var silo = await new MailSilo(azurite, Smtp(server)) { Time = time, Patience = _ => { } }.StartAsync();
        var order = OrderTo("bob@fabrikam.example");
        var away = TimeSpan.Zero;
        await using (var closed = new ClosedDoor(server.Port))
        {
            await silo.EnqueueAsync(order);
            Assert.True(await closed.KnockedAsync(TimeSpan.FromSeconds(30), Cancellation));
            for (var pause = new MailOutboxOptions().FirstPause; away < TimeSpan.FromMinutes(10); pause *= 2)
            {
                // Time may have moved before the last attempt was noted: then it moves once more.
                do
                {
                    time.Advance(pause);
                    away += pause;
                    await silo.RemindAsync(order);
                }
                while (!await closed.KnockedAsync(TimeSpan.FromSeconds(1), Cancellation));
            }
            // After 10, 20, 40, 80, 160 and 320 seconds.
            Assert.InRange(closed.Knocks, 4, 7);
        }
        Assert.Equal(MailStatus.Waiting, await silo.StatusOfAsync(order));
        await server.StartAgainAsync(Cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (await silo.StatusOfAsync(order) is not MailStatus.Sent)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await silo.RemindAsync(order);
            limit.Token.ThrowIfCancellationRequested();
        }

        await server.UntilAsync(() => server.Mails.Count > 0, "the mail", Cancellation);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task Send_WhenRefusedForNow_IsTriedUntilTaken()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        await using var silo = await new MailSilo(azurite, Smtp(server)).StartAsync();
        var order = OrderTo("busy@fabrikam.example");

        await silo.EnqueueAsync(order);
        await silo.BecomesAsync(order, MailStatus.Sent);

        Assert.Equal(3, server.Attempts(order.ToEmail));
        Assert.Single(server.Mails);
    }

    [Theory]
    [InlineData("unknown@fabrikam.example")]
    [InlineData("full@fabrikam.example")]
    [InlineData("no address")]
    [InlineData("eve@x.example>\r\nRCPT TO:<mallory@x.example")]
    public async Task Send_WhenRefusedForGood_IsNotTriedAgainAndHoldsUpNothing(string email)
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        await using var silo = await new MailSilo(azurite, Smtp(server)).StartAsync();
        var order = OrderTo(email);

        await silo.EnqueueAsync(order);
        await silo.BecomesAsync(order, MailStatus.Refused);
        await silo.EnqueueAsync(order);
        await silo.EnqueueAsync(OrderTo("bob@fabrikam.example"));
        await silo.BecomesAsync(OrderTo("bob@fabrikam.example"), MailStatus.Sent);

        Assert.Equal(MailStatus.Refused, await silo.StatusOfAsync(order));
        Assert.InRange(server.Attempts(email), 0, 1);
        Assert.Equal("bob@fabrikam.example", Assert.Single(server.Mails).To);
    }

    [Fact]
    public async Task Send_WhenTheRefusalNamesTheRecipient_TheReasonDoesNot()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        using var sender = new Silo.Mail.MailSender(Smtp(server));

        var result = await sender.Send(OrderTo("unknown@fabrikam.example"), DateTimeOffset.UnixEpoch, Cancellation);

        Assert.Equal("the mail server answered 550 5.1.1 <the recipient>: no such mailbox", result.Reason);
    }

    /// <summary>The server has the mail, and we die before we know: the one repeat that nobody can avoid, recognisable by its Message-ID.</summary>
    [Fact]
    public async Task Send_WhenWeAreKilledAfterTheServerTookIt_RepeatsItOnceWithTheSameMessageId()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        var order = OrderTo("slow@fabrikam.example");
        await using var silo = await new MailSilo(azurite, Smtp(server)).StartAsync();
        await silo.EnqueueAsync(order);
        await server.UntilAsync(() => server.Mails.Count == 1, "the mail", Cancellation);

        await silo.KillAsync();
        await silo.StartAsync();
        await silo.BecomesAsync(order, MailStatus.Sent);
        await silo.KillAsync();
        await silo.StartAsync();
        Assert.Equal(MailStatus.Sent, await silo.StatusOfAsync(order));

        Assert.Equal(2, server.Mails.Count);
        Assert.Equal(Read(server.Mails[0]).MessageId, Read(server.Mails[1]).MessageId);
        Assert.Equal(Read(server.Mails[0]).Date, Read(server.Mails[1]).Date);
    }

    /// <summary>Nobody asks for the outbox any more: only the reminder's stored row can bring it back.</summary>
    [Fact]
    public async Task Reminder_WhenTheSiloIsKilledBetweenItsRegistrationAndItsTick_SendsWhatWaited()
    {
        await using var server = await MailServerProcess.StartAsync(Cancellation);
        await server.StopAsync();
        await using var silo = new MailSilo(azurite, Smtp(server))
        {
            Patience = outbox => (outbox.FirstPause, outbox.LongestPause, outbox.ReminderPeriod) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)),
        };
        await silo.StartAsync();
        await silo.EnqueueAsync(OrderTo("bob@fabrikam.example"));

        await silo.KillAsync();
        await server.StartAgainAsync(Cancellation);
        await silo.StartAsync();

        await server.UntilAsync(() => server.Mails.Count == 1, "the mail", Cancellation);
    }
}
