# gpq's completion for bash: its own words, and npm's where npm's words go.
__gpq_complete() {
	local gpq=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} first='' i=1 at=0
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*)
			first=${COMP_WORDS[i]} at=$i
			break
			;;
		esac
		i=$((i + 1))
	done
	local own='' npm=1
	case $first in
	'') own='@WORDS@' ;;
@SUBWORDS_BASH@
	npx) npm='' ;;
	esac
	case $first in
	npm | npx | '') ;;
	@OWN_BASH@) npm='' ;;
	esac
	case $cur in
	-*) [ "$first" = npm ] || [ "$first" = npx ] || own="$own @FLAGS@" ;;
	esac
	local words
	words=$own
	if [ -n "$npm" ]; then
		local -a line=(npm)
		local first_npm=1
		[ "$first" = npm ] && first_npm=$((at + 1))
		for ((i = first_npm; i <= COMP_CWORD; i++)); do
			case ${COMP_WORDS[i]} in
			@FLAGS_CASE@) [ "$i" -lt "$COMP_CWORD" ] || line+=("${COMP_WORDS[i]}") ;;
			*) line+=("${COMP_WORDS[i]}") ;;
			esac
		done
		local count=$((${#line[@]} - 1))
		local text="${line[*]}"
		words="$words $(COMP_CWORD=$count COMP_LINE=$text COMP_POINT=${#text} "$gpq" npm completion -- "${line[@]}" 2>/dev/null)"
	fi
	local IFS=$' \t\n'
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F __gpq_complete gpq
