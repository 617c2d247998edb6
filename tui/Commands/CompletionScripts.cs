namespace OrleansKd.Tui.Commands;

/// <summary>
/// What each shell has to be told: at the Tab key, ask <c>orleanskd complete</c> with the words before the cursor and the one at it. Where
/// that names nothing, the shell offers files.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>bash cuts the line into words itself; the last one is the one at the cursor, maybe empty.</summary>
    public const string Bash = """
        _orleanskd()
        {
            local IFS=$'\n'
            COMPREPLY=($(orleanskd complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
        }
        complete -o default -F _orleanskd orleanskd
        """;

    /// <summary>
    /// <c>(Q)</c> takes away the quotes that the person typed; <c>_describe</c> wants <c>word:description</c>. From a folder of <c>fpath</c> the
    /// file is the function's body, which defines and calls it.
    /// </summary>
    public const string Zsh = """
        #compdef orleanskd
        _orleanskd()
        {
            local line
            local -a found
            for line in "${(@f)$(orleanskd complete --described -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
                [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
            done
            if (( $#found )); then _describe orleanskd found; else _files; fi
        }
        if [[ $funcstack[1] == _orleanskd ]]; then
            _orleanskd "$@"
        else
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
            compdef _orleanskd orleanskd
        fi
        """;

    /// <summary>fish reads <c>word, tab, description</c> as it is.</summary>
    public const string Fish = """
        function __orleanskd_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l found (orleanskd complete --described -- $words[2..-1] 2>/dev/null)
            if set -q found[1]
                printf '%s\n' $found
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c orleanskd -f -a '(__orleanskd_complete)'
        """;

    /// <summary>Some versions of PowerShell drop an empty argument: <c>--next</c> stands for it. No test runs this one: Debian has no pwsh.</summary>
    public const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName orleanskd -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
                if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
            })
            $line = @('complete', '--described')
            if ("$wordToComplete" -eq '') { $line += '--next' }
            $line += '--'
            $line += $words
            if ("$wordToComplete" -ne '') { $line += "$wordToComplete" }
            & orleanskd @line 2>$null | ForEach-Object {
                $word, $description = $_ -split "`t", 2
                if (-not $description) { $description = $word }
                [System.Management.Automation.CompletionResult]::new($word, $word, [System.Management.Automation.CompletionResultType]::ParameterValue, $description)
            }
        }
        """;
}
