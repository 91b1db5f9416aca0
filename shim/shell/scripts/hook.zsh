# gpq-shim: for zsh.
function __gpq_path {
	[[ "$PATH" == "@BIN@:"* || "$PATH" == "@BIN@" ]] && return 0
	path=("@BIN@" "${(@)path:#@BIN@}")
}
__gpq_path
if [[ -o interactive ]]; then
	typeset -ga precmd_functions
	(( ${precmd_functions[(I)__gpq_path]} )) || precmd_functions+=(__gpq_path)
fi
(( ${+functions[npm]} )) || function npm { "@BIN@/npm" "$@"; }
(( ${+functions[npx]} )) || function npx { "@BIN@/npx" "$@"; }
