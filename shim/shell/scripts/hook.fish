# gpq-shim: for fish. Written by gpq shim install; gpq shim uninstall takes it away.
function __gpq_path
    test "$PATH[1]" = "@BIN@"; and return
    set -l rest
    for dir in $PATH
        test "$dir" = "@BIN@"; or set -a rest $dir
    end
    set -gx PATH "@BIN@" $rest
end
__gpq_path
if status is-interactive
    function __gpq_prompt --on-event fish_prompt
        __gpq_path
    end
end
functions -q npm; or function npm; "@BIN@/npm" $argv; end
functions -q npx; or function npx; "@BIN@/npx" $argv; end
