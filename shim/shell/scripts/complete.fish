# gpq's completion for fish: its own words, and npm's where npm's words go.
function __gpq_complete
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l gpq $words[1]
    set -l first
    set -l rest $words[2..-1]
    for w in $words[2..-1]
        if contains -- $w @FLAGS@; and set -l i (contains -i -- $w $rest)
            set -e rest[$i]
            continue
        end
        string match -q -- '-*' $w; and continue
        set first $w
        break
    end
    set -l npm 1
    switch "$first"
        case ''
            string join \n @WORDS@
@SUBWORDS_FISH@
        case npm
            set rest $rest[2..-1]
        case npx @OWN_FISH@
            set npm
    end
    if string match -q -- '-*' "$cur"; and test "$first" != npm; and test "$first" != npx
        string join \n -- @FLAGS@
    end
    if test -n "$npm"
        set -l line npm $rest "$cur"
        set -l text (string join ' ' -- $line)
        env COMP_CWORD=(math (count $line) - 1) COMP_LINE="$text" COMP_POINT=(string length -- "$text") $gpq npm completion -- $line 2>/dev/null
    end
end
complete -c gpq -f -a '(__gpq_complete)'
for word in @FILES_FISH@
    complete -c gpq -F -n "__fish_seen_subcommand_from $word"
end
