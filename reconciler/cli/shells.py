"""Completion beyond click's own, for each shell: values behind an `=`, in options and in FORMAT=FILE.

bash takes `=` and `:` for the ends of words, and replaces only what stands behind the last of them; zsh and fish
replace the whole word.
"""

import os

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} completion type value
    COMPREPLY=()
    for completion in $(COMP_WORDS=$line COMP_CWORD=$word %(complete_var)s=bash_complete "$1"); do
        IFS=',' read -r type value <<< "$completion"
        if [[ $type == dir ]]; then
            for value in $(compgen -d -- "${word#[=:]}"); do COMPREPLY+=("$(printf %%q "$value")"); done
        elif [[ $type == file ]]; then
            compopt -o default
        else
            COMPREPLY+=("$value")
            if [[ $value == *[=/] ]]; then compopt -o nospace 2> /dev/null; fi
        fi
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain open described response
    local type key descr
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete %(prog_name)s)}")
    for type key descr in ${response}; do
        if [[ $type == dir ]]; then
            compset -P '*='; _path_files -/
        elif [[ $type == file ]]; then
            compset -P '*='; _path_files -f
        elif [[ $key == *[=/] ]]; then
            open+=("$key")
        elif [[ $descr == _ ]]; then
            plain+=("$key")
        else
            described+=("$key:$descr")
        fi
    done
    if (( $#described )); then _describe -V unsorted described -U; fi
    if (( $#plain )); then compadd -U -V unsorted -a plain; fi
    if (( $#open )); then compadd -U -S '' -V unsorted -a open; fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    for completion in (COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) \
%(complete_var)s=fish_complete %(prog_name)s)
        set -l item (string split -m 1 , -- $completion)
        set -l before (string match -r '^.*=' -- $item[2]; or echo)
        set -l path (string replace -r '^.*=' '' -- $item[2])
        switch $item[1]
            case dir
                for found in (__fish_complete_directories "$path")
                    echo $before$found
                end
            case file
                for found in (__fish_complete_path "$path")
                    echo $before$found
                end
            case plain
                echo $item[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Bash(BashComplete):
    """Takes the line as it was typed, and gives what belongs behind its last `=` or `:`."""

    source_template = _BASH
    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        line, current = os.environ["COMP_WORDS"], os.environ["COMP_CWORD"].lstrip("\"'")
        words = split_arg_string(line)[1:]
        incomplete = words.pop() if words and not line[-1:].isspace() else ""
        value = incomplete.removeprefix(_option(incomplete))
        kept = "" if current in {"=", ":"} else current
        self._before = value.removesuffix(kept) if value.endswith(kept) else ""
        return words, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        return f"{item.type},{item.value.removeprefix(self._before)}"


class Zsh(ZshComplete):
    """Gives whole words."""

    source_template = _ZSH
    _option = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        words, incomplete = super().get_completion_args()
        self._option = _option(incomplete)
        return words, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        return super().format_completion(_whole(item, self._option))


class Fish(FishComplete):
    """Gives whole words."""

    source_template = _FISH
    _option = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        words, incomplete = super().get_completion_args()
        self._option = _option(incomplete)
        return words, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        return super().format_completion(_whole(item, self._option))


def register() -> None:
    """Puts them in the place of click's own."""
    for shell in (Bash, Zsh, Fish):
        add_completion_class(shell)


def _option(word: str) -> str:
    """`--option=`, where the word begins so."""
    name, equals, _ = word.partition("=")
    return name + equals if equals and name.startswith("-") else ""


def _whole(item: CompletionItem[str], option: str) -> CompletionItem[str]:
    return CompletionItem(f"{option}{item.value}", type=item.type, help=item.help)
