/** The shells that `hearsay completion` knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** The word before the words that a shell wants completed. */
export const COMPLETE_WORD = "__complete";

/** In place of a word: the shell offers paths. */
export const FILES_LINE = ":files";

/** The script that a shell reads at its start. It asks `hearsay` itself, so that it never is out of date. */
export function shellScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# hearsay completion bash: put   source <(hearsay completion bash)   into ~/.bashrc
_hearsay() {
  local line=\${COMP_LINE:0:$COMP_POINT} prefix= candidate
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=\${words[\${#words[@]}-1]}
  # bash replaces only what stands behind the last of these characters.
  [[ $current == *[:=]* ]] && prefix=\${current%"\${current##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate=\${candidate%%$'\\t'*}
    if [[ $candidate == ${FILES_LINE} ]]; then
      compopt -o default 2>/dev/null
      continue
    fi
    [[ $candidate == *= ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("\${candidate#"$prefix"}")
  done < <("\${words[0]}" ${COMPLETE_WORD} "\${words[@]:1}" 2>/dev/null)
}
complete -F _hearsay hearsay`,
  zsh: `#compdef hearsay
# hearsay completion zsh: put   source <(hearsay completion zsh)   into ~/.zshrc, after compinit
_hearsay() {
  local -a described plain
  local line word
  for line in "\${(@f)$("\${words[1]}" ${COMPLETE_WORD} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == ${FILES_LINE} ]]; then
      _files
      continue
    fi
    word=\${line%%$'\\t'*}
    if [[ $line == $word$'\\t' ]]; then
      plain+=("$word")
    else
      described+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#plain )) && compadd -V names -- $plain
  (( $#described )) && _describe -V hearsay described
  (( $#plain + $#described ))
}
if [[ $funcstack[1] == _hearsay ]]; then
  _hearsay "$@"
else
  compdef _hearsay hearsay
fi`,
  fish: `# hearsay completion fish > ~/.config/fish/completions/hearsay.fish
function __hearsay_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] ${COMPLETE_WORD} $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = "${FILES_LINE}"
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c hearsay -f -a '(__hearsay_complete)'`,
};
