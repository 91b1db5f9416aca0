echo "gpq: $gpq is gone, so @NAME@ would run unchecked. Install gpq again, or undo its shims: rm -r '@ROOT@' and the lines marked gpq-shim in your shell's start files" >&2
exit 127
