echo "gpq: $gpq is gone: @NAME@ runs unchecked" >&2
rest=
IFS=:
for dir in $PATH; do
	[ "$dir" = '@BIN@' ] || rest="$rest${rest:+:}$dir"
done
unset IFS
PATH=$rest
export PATH
exec @NAME@ "$@"
