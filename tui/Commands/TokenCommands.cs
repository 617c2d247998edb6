using System.CommandLine;
using System.Globalization;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>tokens make</c>, <c>list</c>, <c>revoke</c>: service tokens for agents and scripts.</summary>
internal static class TokenCommands
{
    private const string ReadRight = "read";
    private const string HostRight = "host";

    private static readonly Argument<string> Name = new("NAME") { Description = $"What it is for, in your own words; up to {Limits.TokenNameLength} characters." };
    private static readonly Option<string> Right = new Option<string>("--right")
    {
        Description = $"{ReadRight}: see what you see, change nothing; {HostRight}: also be your agent, and do what you may do with sessions.",
        Required = true,
        HelpName = "RIGHT",
    }.AcceptOnlyFromAmong(ReadRight, HostRight);
    private static readonly Option<string?> Computer = new("--computer") { Description = "Limit it to this computer of yours and the sessions that you host there.", HelpName = "NAME" };
    private static readonly Option<int> Days = new("--days") { Description = $"How long it lasts, up to {Limits.TokenDays} days.", HelpName = "DAYS", DefaultValueFactory = _ => Limits.TokenDaysByDefault };
    private static readonly Option<string?> To = new("--to") { Description = "Write it into this new file, which only you can read, instead of printing it.", HelpName = "PATH" };
    private static readonly Argument<string> Id = new("TOKEN") { Description = "The token's id, from tokens list. Not the token itself." };

    static TokenCommands()
    {
        Days.Validators.Add(result =>
        {
            // What is no number at all is told by itself (see OptionResults).
            if (!result.Implicit && result.Tokens is [{ Value: var given }] && int.TryParse(given, CultureInfo.InvariantCulture, out var days) && days is not (>= 1 and <= Limits.TokenDays))
                result.AddError($"--days needs 1 to {Limits.TokenDays} days.");
        });
        Id.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value.StartsWith(TokenText.Prefix, StringComparison.Ordinal))
                result.AddError("That is a token itself. Name it by its id, from tokens list; and because it was on a command line, revoke it.");
        });
    }

    public static void AddTo(RootCommand root, CommandRunner runner)
    {
        var tokens = runner.AddGroup(
            root, "tokens", "Service tokens, with which agents and scripts act for you where nobody can sign in.",
            "orleanskd tokens make lab-agent --right host --computer lab --to lab.token",
            "orleanskd tokens make nightly-report --right read --days 30",
            "orleanskd tokens list",
            "orleanskd tokens revoke TOKEN");
        runner.Add(tokens, "make", "Make one. It is shown this once: keep it where only its user can read it.", Make, Name, Right, Computer, Days, To);
        runner.Add(tokens, "list", "List yours, without what proves them.", List);
        runner.Add(tokens, "revoke", "Revoke one: what goes on under it ends within seconds.", Revoke, Id);
    }

    private static async Task<int> Make(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(To);
        // Before there is a token that could be lost.
        await using var file = path is null ? null : NewFile(path);
        MadeToken? made = null;
        try
        {
            made = await context.Server.Sessions.MakeTokenAsync(
                new MakeTokenRequest(parsed.GetRequiredValue(Name), parsed.GetRequiredValue(Right) == HostRight ? TokenRight.Host : TokenRight.Read, parsed.GetValue(Computer), parsed.GetValue(Days)),
                cancellationToken);
            if (file is not null)
                await TokenFile.KeepAsync(file, made.Token, cancellationToken);
        }
        catch when (path is not null)
        {
            await file!.DisposeAsync();
            File.Delete(path);
            if (made is not null)
                context.Say($"Token {made.Summary.Id} was made and could not be kept: nobody has it. Take it back with 'orleanskd tokens revoke {made.Summary.Id}'.");
            throw;
        }
        if (context.IsJson && file is null)
            context.WriteJson(made);
        else if (context.IsJson)
            context.WriteJson(made.Summary);
        else if (file is null)
            context.WriteLine(made.Token);
        context.Say($"Token {made.Summary.Id} ('{made.Summary.Name}') ends {made.Summary.ExpiresAt:u}. {(file is null ? "It is not shown again: keep it where only its user can read it." : $"It is in {path}, which only you can read.")}");
        context.Say($"Use it with {GivenToken.Variable}, or with 'orleanskd agent run --token-file PATH'; each needs --server {context.Server.Server}");
        return ExitCodes.Done;
    }

    private static async Task<int> List(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var tokens = await context.Server.Sessions.GetTokensAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(tokens);
            return ExitCodes.Done;
        }
        TextTable.Write(context, ["TOKEN", "RIGHT", "COMPUTER", "ENDS", "NAME"], tokens.Select(token => new[]
        {
            token.Id, token.Right is TokenRight.Host ? HostRight : ReadRight, token.Computer ?? "any", token.IsExpired ? "has ended" : $"{token.ExpiresAt:u}", token.Name,
        }));
        return ExitCodes.Done;
    }

    private static async Task<int> Revoke(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Id);
        await context.Server.Sessions.RevokeTokenAsync(id, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { revoked = id });
        else
            context.WriteLine($"Token {id} is revoked.");
        return ExitCodes.Done;
    }

    private static FileStream NewFile(string path)
    {
        try
        {
            return TokenFile.Create(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, $"the token's file '{path}' can't be made: {problem.Message} No token was made.", problem);
        }
    }
}
