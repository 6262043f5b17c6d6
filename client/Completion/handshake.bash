# Completion for bash. For this shell:  source <(handshake completion bash)
# For all: put that line into ~/.bashrc. What can be typed is asked of the program itself; where it says nothing, it is a file.
_handshake() {
    local current=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} line
    current="handshake${current#*"${COMP_WORDS[0]}"}"
    COMPREPLY=()
    while IFS= read -r line; do
        [[ $line == "$word"* && $line != /* ]] && COMPREPLY+=("$line")
    done < <("${COMP_WORDS[0]}" "[suggest:${#current}]" "$current" 2>/dev/null)
}
complete -o default -F _handshake handshake
