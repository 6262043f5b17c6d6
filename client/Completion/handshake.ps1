# Completion for PowerShell. For this shell:  handshake completion powershell | Out-String | Invoke-Expression
# For all: put that line into the file that $PROFILE names. What can be typed is asked of the program itself.
Register-ArgumentCompleter -Native -CommandName handshake -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString().PadRight($cursorPosition)
    handshake "[suggest:$cursorPosition]" "$line" | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
