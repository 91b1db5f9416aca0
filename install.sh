#!/bin/sh
# Builds gpq from this checkout and puts it into a folder of yours.
#
#   ./install.sh [--dir DIR] [--shims]     build and install (default: ~/.local/bin)
#   ./install.sh --uninstall [--dir DIR]   take everything back out
#
# Needs the Go toolchain. Never uses sudo. Everything happens inside main, which
# is called on the last line: a copy that was cut off half-way does nothing.
set -eu

main() {
	dir="${GPQ_INSTALL_DIR:-${HOME:?HOME is not set: name a folder with --dir}/.local/bin}"
	shims=no
	action=install
	while [ $# -gt 0 ]; do
		case "$1" in
			--dir) [ $# -ge 2 ] || fail "--dir wants a folder"; dir=$2; shift ;;
			--dir=*) dir=${1#--dir=} ;;
			--shims) shims=yes ;;
			--uninstall) action=uninstall ;;
			-h | --help) usage; return 0 ;;
			*) usage >&2; fail "unknown word: $1" ;;
		esac
		shift
	done
	case "$dir" in /*) ;; *) dir="$(pwd)/$dir" ;; esac
	if [ "$action" = uninstall ]; then uninstall; else install; fi
}

usage() {
	echo "usage: ./install.sh [--dir DIR] [--shims] | --uninstall [--dir DIR]"
}

fail() {
	echo "install.sh: $1" >&2
	exit 2
}

install() {
	here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
	[ -f "$here/go.mod" ] && [ -d "$here/cmd/gpq" ] ||
		fail "no checkout of gpq around this script; there are no released binaries yet, so clone the repository and run it there"
	command -v go >/dev/null 2>&1 || fail "no Go toolchain on PATH: install Go 1.26 or later (https://go.dev/dl) and run this again"
	mkdir -p "$dir" || fail "cannot make the folder $dir"
	[ -w "$dir" ] || fail "cannot write to $dir: name another folder with --dir"

	# Two files: a small gpq, which becomes npm at once for what fetches nothing,
	# and the whole program beside it. They go into place together, the whole one first.
	new="$dir/.gpq.new.$$"
	core="$dir/.gpq-core.new.$$"
	trap 'rm -f "$new" "$core"' EXIT
	trap 'exit 130' INT TERM HUP
	echo "building gpq from $here" >&2
	build "$core" ./cmd/gpq
	build "$new" ./cmd/front
	"$core" --version >/dev/null || fail "the new gpq does not start; nothing was changed"
	mv -f "$core" "$dir/gpq-core" # on one file system: the old one is in force until this moment
	mv -f "$new" "$dir/gpq"
	echo "installed $dir/gpq ($("$dir/gpq" --version))" >&2
	[ "$shims" = no ] || "$dir/gpq" shim install
	next_steps
}

build() {
	(cd "$here" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$1" "$2")
}

next_steps() {
	echo >&2
	case ":${PATH}:" in
		*":$dir:"*) gpq=gpq ;;
		*)
			gpq="$dir/gpq"
			echo "$dir is not on your PATH: add it, or call $dir/gpq." >&2
			;;
	esac
	echo "next:" >&2
	echo "  $gpq install express     check the whole tree, then install it" >&2
	[ "$shims" = yes ] || echo "  $gpq shim install        put gpq before npm in your shells" >&2
	echo "  $gpq doctor              see what is in force, with a refusal that really ran" >&2
	undo="./install.sh --uninstall"
	[ "$dir" = "${HOME:-}/.local/bin" ] || undo="$undo --dir $dir"
	echo "  $undo   undo this" >&2
}

uninstall() {
	if [ ! -e "$dir/gpq" ]; then
		echo "no gpq in $dir: nothing to do" >&2
		return 0
	fi
	# The shims go first: they would call what is about to be gone.
	"$dir/gpq" shim uninstall || fail "gpq could not take its shims back; $dir/gpq was left in place"
	rm -f "$dir/gpq" "$dir/gpq-core"
	echo "removed $dir/gpq. Its cache and settings are yours to delete: see the README." >&2
}

main "$@"
