using System.Diagnostics;
using OrleansKd.Tui.Commands;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>The completion scripts in the real shells, with the real program behind them. PowerShell is not in Debian: no test runs its script.</summary>
public sealed class ShellTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("orleanskd sessions wat", "watch")]
    [InlineData("orleanskd sessions queue ", "list\nremove")]
    public async Task Bash_WhenTabIsPressed_CompletesTheWordAtTheCursor(string line, string expected) => Assert.Equal(expected, Words(await RunAsync("bash", ["--norc", "-c", """
        orleanskd() { dotnet "$PROGRAM" "$@"; }
        source <(orleanskd completion bash)
        read -ra COMP_WORDS <<< "$LINE"
        [[ $LINE == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        $(complete -p orleanskd | sed 's/.*-F \([^ ]*\) .*/\1/')
        printf '%s\n' "${COMPREPLY[@]}"
        """], line)));

    /// <summary>A terminal of zsh's own, in which the Tab key is pressed: what stands on the line then is echoed.</summary>
    [Theory]
    [InlineData("orleanskd sessions wat", "orleanskd sessions watch")]
    [InlineData("orleanskd sessions suggestions r", "orleanskd sessions suggestions run")]
    [InlineData("orleanskd sessions \"queue\" rem", "orleanskd sessions \"queue\" remove")]
    public async Task Zsh_WhenTabIsPressed_CompletesTheWordAtTheCursor(string line, string expected) => Assert.Contains($"<{expected}>", (await RunAsync("zsh", ["-f", "-c", """
        zmodload zsh/zpty
        zpty terminal zsh -f -i
        until_seen() { local got piece; while zpty -r terminal piece; do got+=$piece; [[ $got == *$~1* ]] && break; done; print -r -- "$got"; }
        zpty -w terminal 'PROMPT=; orleanskd() { dotnet "$PROGRAM" "$@"; }'
        zpty -w terminal 'source <(orleanskd completion zsh); show() { zle -I; print -r -- "<${BUFFER% }>"; print -r -- "[""shown]"; BUFFER=; }; zle -N show; bindkey "^Xs" show; print -r -- "[""ready]"'
        until_seen '\[ready\]' > /dev/null
        zpty -n -w terminal "$LINE"$'\t\x18s'
        until_seen '\[shown\]'
        zpty -d terminal
        """], line)).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("orleanskd sessions wat", "watch")]
    [InlineData("orleanskd sessions queue ", "list\nremove")]
    public async Task Fish_WhenTabIsPressed_CompletesTheWordAtTheCursor(string line, string expected) => Assert.Equal(expected, Words(await RunAsync("fish", ["--no-config", "-c", """
        function orleanskd; dotnet $PROGRAM $argv; end
        orleanskd completion fish | source
        complete -C $LINE | string split -f 1 \t
        """], line)));

    private static string Words(string written) => string.Join('\n', written.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith('-')).Order(StringComparer.Ordinal));

    private static async Task<string> RunAsync(string shell, string[] arguments, string line)
    {
        Assert.SkipUnless(Path.Exists($"/usr/bin/{shell}") || Path.Exists($"/bin/{shell}"), $"{shell} is not installed");
        var program = Path.Combine(AppContext.BaseDirectory, typeof(CommandLine).Assembly.GetName().Name + ".dll");
        var home = Directory.CreateTempSubdirectory("orleanskd-shell-");
        try
        {
            var start = new ProcessStartInfo(shell, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                Environment = { ["PROGRAM"] = program, ["LINE"] = line, ["HOME"] = home.FullName, ["ORLEANSKD_HOME"] = home.FullName, ["TERM"] = "dumb" },
            };
            using var process = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Limit);
            try
            {
                var written = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                Assert.Equal(0, process.ExitCode);
                return written;
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
