package shell

import (
	"fmt"
	"strings"
)

// ownWord is a word of gpq's own and what may follow it.
type ownWord struct {
	word, next string
	files      bool // files may follow
}

// ownWords are gpq's words; npm's commands are npm's to offer.
func ownWords() []ownWord {
	return []ownWord{
		{word: "npm"}, {word: "npx"}, {word: "check"}, {word: "verify"},
		{word: "shim", next: "install uninstall status hook bash zsh fish powershell --ci"},
		{word: "policy", next: "init show test", files: true},
		{word: "approve", next: "--reason --expires"}, {word: "baseline"},
		{word: "report", next: "--format", files: true}, {word: "checks"}, {word: "demo"}, {word: "doctor"},
		{word: "completion", next: "bash zsh fish powershell"}, {word: "help"},
	}
}

const ownFlags = "--strict --report --policy --trusted-root --registry-keys --no-guard --help --version"

// Completion is the completion script for a shell.
func Completion(k Kind) (string, error) {
	file := map[Kind]string{Bash: "complete.bash", Zsh: "complete.zsh", Fish: "complete.fish", PowerShell: "complete.ps1"}[k]
	if file == "" {
		return "", fmt.Errorf("gpq has no completion for the shell %q: bash, zsh, fish, powershell", k)
	}
	var words, alone, files []string
	sub := map[string][]string{}
	for _, w := range ownWords() {
		words = append(words, w.word)
		if w.word != "npm" && w.word != "npx" {
			alone = append(alone, w.word)
		}
		if w.files {
			files = append(files, w.word)
		}
		if w.next == "" {
			continue
		}
		sub["bash"] = append(sub["bash"], fmt.Sprintf("\t%s) own='%s' ;;", w.word, w.next))
		sub["zsh"] = append(sub["zsh"], fmt.Sprintf("\t%s) own=(%s) ;;", w.word, w.next))
		sub["fish"] = append(sub["fish"], fmt.Sprintf("        case %s\n            string join \\n -- %s\n            set npm", w.word, w.next))
		sub["ps"] = append(sub["ps"], fmt.Sprintf("'%s' = '%s'", w.word, w.next))
	}
	return strings.NewReplacer(
		"@WORDS@", strings.Join(words, " "), "@FLAGS@", ownFlags, "@FLAGS_CASE@", strings.ReplaceAll(ownFlags, " ", "|"),
		"@OWN_BASH@", strings.Join(alone, " | "), "@OWN_FISH@", strings.Join(alone, " "),
		"@OWN_PS@", "'"+strings.Join(alone, "', '")+"'", "@FILES_FISH@", strings.Join(files, " "),
		"@SUBWORDS_BASH@", strings.Join(sub["bash"], "\n"), "@SUBWORDS_ZSH@", strings.Join(sub["zsh"], "\n"),
		"@SUBWORDS_FISH@", strings.Join(sub["fish"], "\n"), "@SUBWORDS_PS@", strings.Join(sub["ps"], "; "),
	).Replace(read(file)), nil
}
