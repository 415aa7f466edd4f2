# Completion of viaport for bash. The program itself says what may stand at the end of a line.

_viaport()
{
	local line word prefix
	local -a words
	# By blanks: bash would also split at "=".
	read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")

	# Bash replaces what stands behind the last "=", and wants that alone.
	word=${words[-1]}
	prefix=
	[[ $word == *=* && $COMP_WORDBREAKS == *=* ]] && prefix=${word%=*}=

	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:files) mapfile -t COMPREPLY < <(compgen -f -- "${word#"$prefix"}") && compopt -o filenames ;;
		:folders) mapfile -t COMPREPLY < <(compgen -d -- "${word#"$prefix"}") && compopt -o filenames ;;
		:scenarios) mapfile -t COMPREPLY < <(compgen -d -- "${word#"$prefix"}"
			compgen -f -X '!*.yaml' -- "${word#"$prefix"}") && compopt -o filenames ;;
		*)
			line=${line%%$'\t'*}
			COMPREPLY+=("${line#"$prefix"}")
			[[ $line == *= ]] && compopt -o nospace
			;;
		esac
	done < <("${words[0]}" completion --candidates -- "${words[@]:1}" 2>/dev/null)
}

complete -F _viaport viaport
