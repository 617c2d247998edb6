namespace OrleansKd.Grains.Abstractions.Mail;

/// <summary>Limits of one recipient's outbox. Together its state stays below the 960 KB that one table row holds, however it is escaped.</summary>
public static class MailLimits
{
    /// <summary>Mails that wait for one recipient: with a mail server that is away for a weekend, more than anybody is invited.</summary>
    public const int Waiting = 50;

    /// <summary>Characters of all that wait: ten mails with the longest description, hundreds of ordinary ones; six bytes each at worst.</summary>
    public const int WaitingCharacters = 80_000;

    /// <summary>Characters of one mail's values: the longest description with names and addresses.</summary>
    public const int OrderCharacters = 8_000;

    /// <summary>Characters of an order's id.</summary>
    public const int IdCharacters = 128;

    /// <summary>Finished mails that an outbox remembers: an intent that is repeated after so many others is not recognised any more.</summary>
    public const int Remembered = 200;

    /// <summary>Characters of a refusal's reason that are kept.</summary>
    public const int ReasonCharacters = 200;
}
