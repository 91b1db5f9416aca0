#!/bin/sh
# gpq-shim: stands before @NAME@; written by gpq shim install.
gpq='@GPQ@'
if [ -x "$gpq" ]; then
	exec "$gpq" @NAME@ "$@"
fi
@GONE@
