# Completion for fish. For this shell:  handshake completion fish | source
# For all: put that line into ~/.config/fish/config.fish. What can be typed is asked of the program itself; files are offered as well.
function __handshake_suggest
    set -l words (commandline -opc) (commandline -ct)
    set -l current (string join ' ' -- handshake $words[2..-1])
    $words[1] "[suggest:"(string length -- "$current")"]" "$current" 2>/dev/null | string match --invert --regex '^/'
end
complete --command handshake --arguments '(__handshake_suggest)'
