#compdef gpq
# gpq's completion for zsh: its own words, and npm's where npm's words go.
function _gpq {
	local gpq=${words[1]} cur=${words[CURRENT]} first='' at=0 i
	for (( i = 2; i < CURRENT; i++ )); do
		[[ ${words[i]} == -* ]] && continue
		first=${words[i]} at=$i
		break
	done
	local -a own
	local npm=1
	case $first in
	'') own=(@WORDS@) ;;
@SUBWORDS_ZSH@
	npx) npm= ;;
	esac
	case $first in
	npm|npx|'') ;;
	@OWN_BASH@) npm= ;;
	esac
	[[ $cur == -* && $first != npm && $first != npx ]] && own+=(@FLAGS@)
	(( $#own )) && compadd -- $own
	if [[ -n $npm ]]; then
		local -a line
		line=(npm "${(@)words[2,CURRENT-1]:#(@FLAGS_CASE@)}" "$cur")
		[[ $first == npm ]] && line=(npm "${(@)words[at+1,CURRENT-1]}" "$cur")
		local text="${line[*]}"
		local -a found
		found=(${(f)"$(COMP_CWORD=$(( $#line - 1 )) COMP_LINE=$text COMP_POINT=${#text} $gpq npm completion -- "${line[@]}" 2>/dev/null)"})
		(( $#found )) && compadd -- $found
	elif (( ! $#own )); then
		_files
	fi
}
(( ${+functions[compdef]} )) && compdef _gpq gpq
