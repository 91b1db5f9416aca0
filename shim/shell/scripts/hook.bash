# gpq-shim: for bash.
__gpq_path() {
	local status=$?
	case "$PATH" in
	"@BIN@:"* | "@BIN@") return "$status" ;;
	esac
	local path=":$PATH:"
	path="${path//:"@BIN@":/:}"
	path="${path#:}"
	PATH="@BIN@:${path%:}"
	return "$status"
}
__gpq_path
case $- in
*i*)
	case ";${PROMPT_COMMAND[*]:-};" in
	*__gpq_path*) ;;
	*) PROMPT_COMMAND="__gpq_path${PROMPT_COMMAND:+;$PROMPT_COMMAND}" ;;
	esac
	;;
esac
if ! declare -F npm >/dev/null; then
	function npm { "@BIN@/npm" "$@"; }
fi
if ! declare -F npx >/dev/null; then
	function npx { "@BIN@/npx" "$@"; }
fi
