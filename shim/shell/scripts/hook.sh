# gpq-shim: written by gpq shim install; gpq shim uninstall takes it away.
# Sourced by login shells and by bash and zsh. It puts gpq's npm and npx ahead on PATH; in bash and zsh it also has
# functions of these names, because version managers put their folders ahead again.
case ":$PATH:" in
*":@BIN@:"*) ;;
*) PATH="@BIN@:$PATH"; export PATH ;;
esac
if [ -n "${BASH_VERSION:-}" ]; then
	. "@DIR@/hook.bash"
elif [ -n "${ZSH_VERSION:-}" ]; then
	. "@DIR@/hook.zsh"
fi
