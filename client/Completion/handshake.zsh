#compdef handshake
# Completion for zsh. For this shell:  source <(handshake completion zsh)
# For all: put that line into ~/.zshrc, below compinit. What can be typed is asked of the program itself; where it says nothing, it is
# a file.
_handshake() {
    local current="handshake ${(j: :)words[2,CURRENT]}"
    local -a suggested
    suggested=(${(f)"$("${words[1]}" "[suggest:${#current}]" "$current" 2>/dev/null)"})
    suggested=(${suggested:#/*})
    if (( ${#suggested} )); then
        compadd -- "${suggested[@]}"
    else
        _files
    fi
}
compdef _handshake handshake
