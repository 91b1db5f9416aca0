# gpq-shim: for PowerShell. Written by gpq shim install; gpq shim uninstall takes it away.
# Aliases to files, not functions: a function would lose npm's --.
$__gpqBin = '@BIN@'
$__gpqSep = [System.IO.Path]::PathSeparator
$env:PATH = (@($__gpqBin) + @($env:PATH -split [regex]::Escape($__gpqSep) | Where-Object { $_ -ne $__gpqBin })) -join $__gpqSep
foreach ($__gpqName in 'npm', 'npx') {
    if (-not (Test-Path "function:$__gpqName") -and -not (Test-Path "alias:$__gpqName")) {
        Set-Alias -Scope Global -Name $__gpqName -Value (Join-Path $__gpqBin $__gpqName)
    }
}
Remove-Variable -Name __gpqBin, __gpqSep, __gpqName
