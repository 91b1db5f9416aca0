# gpq's completion for PowerShell: its own words, and npm's where npm's words go.
Register-ArgumentCompleter -Native -CommandName gpq -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $rest = @($words | Select-Object -Skip 1)
    $first = @($rest | Where-Object { $_ -notlike '-*' })[0]
    $own = @{ '' = '@WORDS@'; @SUBWORDS_PS@ }
    $alone = @(@OWN_PS@)
    $found = @()
    if ($own.ContainsKey("$first")) { $found += $own["$first"] -split ' ' }
    if ($wordToComplete -like '-*' -and $first -ne 'npm' -and $first -ne 'npx') { $found += '@FLAGS@' -split ' ' }
    $rest = @($rest | Where-Object { @('@FLAGS@' -split ' ') -notcontains $_ })
    if ($first -eq 'npm') { $rest = @($rest | Select-Object -Skip 1) }
    if ($alone -notcontains $first -and $first -ne 'npx') {
        $line = @('npm') + $rest + @($wordToComplete)
        $env:COMP_CWORD = $line.Count - 1
        $env:COMP_LINE = $line -join ' '
        $env:COMP_POINT = $env:COMP_LINE.Length
        try { $found += @(& $words[0] npm completion '--' @line 2>$null) }
        finally { Remove-Item Env:COMP_CWORD, Env:COMP_LINE, Env:COMP_POINT -ErrorAction SilentlyContinue }
    }
    $found | Where-Object { $_ -like "$wordToComplete*" } | Select-Object -Unique | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
