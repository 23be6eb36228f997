# completion.bash: completion in real shells on a terminal (tmux), with the scripts that the build has made. The program isn't run for it.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
export LC_ALL=C.UTF-8
run help --write share; expect 0 '' ''
files=(share/bash-completion/completions/rankpool share/zsh/site-functions/_rankpool share/fish/vendor_completions.d/rankpool.fish)
mkdir bin folder
printf '#!/bin/sh\ntouch %q\n' "$work/was-run" >bin/rankpool
chmod +x bin/rankpool
touch items.txt folder/inner
export PATH=$work/bin:$PATH HOME=$work

last='checks of syntax'
bash -n "${files[0]}" || problem 'bash -n'
! command -v zsh >/dev/null || zsh -n "${files[1]}" || problem 'zsh -n'
! command -v fish >/dev/null || fish -n "${files[2]}" || problem 'fish -n'
! command -v shellcheck >/dev/null || shellcheck -s bash "${files[0]}" || problem shellcheck
if ! command -v tmux >/dev/null; then finish; fi
socket=$$
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT

equals=''
# The line of the prompt that is there now.
line() { tmux -L "$socket" capture-pane -p | grep '%%' | tail -n 1 | sed 's/.*%% *//; s/ *$//'; }
line_is() { tmux -L "$socket" capture-pane -p | grep -q '%%' && [ "$(line)" = "$1" ]; }
begin_shell() {
    shell=$1
    socket=$$.$1 # a server that is ending would take no new session
    shift
    tmux -L "$socket" -f /dev/null new-session -d -x 200 -y 24 "$@"
    await "the prompt of $shell" line_is '' || finish
}
end_shell() { tmux -L "$socket" kill-server; }
type_in() { tmux -L "$socket" send-keys -l "$1"; }
# source_script FILE: by a bash.
is_sourced() { tmux -L "$socket" capture-pane -p | grep -qx sourced; }
source_script() {
    type_in " . $1; clear; echo sourced"
    tmux -L "$socket" send-keys Enter
    await "$1" is_sourced
    await 'a prompt' line_is ''
}
# completes LINE EXPECTED: what a tab makes of a line.
completes() {
    last="$shell: $1"
    checks=$((checks + 1))
    type_in "$1"
    await 'what was typed' line_is "$(sed 's/ *$//' <<<"$1")" || finish
    tmux -L "$socket" send-keys Tab
    await "the line '$2'; it is '$(line)'" line_is "$2" || finish
    tmux -L "$socket" send-keys C-u
    await 'an empty line' line_is ''
}
# What all shells do alike, but that zsh writes = behind an option with a value.
check_all() {
    completes 'rankpool comp' 'rankpool compare'
    completes 'rankpool run comp' 'rankpool run compute'
    completes 'rankpool run compute --sched' "rankpool run compute --schedule$equals"
    completes 'rankpool run compute --schedule fac' 'rankpool run compute --schedule factoring'
    completes 'rankpool run compute --schedule=fac' 'rankpool run compute --schedule=factoring'
    completes 'rankpool run compute -b pth' 'rankpool run compute -b pthread'
    completes 'rankpool run compute --input ite' 'rankpool run compute --input items.txt'
    completes 'rankpool run compute --input=ite' 'rankpool run compute --input=items.txt'
    completes 'rankpool run compute --output folder/in' 'rankpool run compute --output folder/inner'
    completes 'rankpool run compute --param iter' 'rankpool run compute --param iterations='
    completes 'rankpool run fetch --param dir' 'rankpool run fetch --param directory='
    completes 'rankpool run compute --report=ite' 'rankpool run compute --report=items.txt'
    completes 'rankpool simulate --form' "rankpool simulate --format$equals"
    completes 'rankpool simulate -f jso' 'rankpool simulate -f jsonl'
    completes 'rankpool help simu' 'rankpool help simulate'
    completes 'rankpool submit --nodes=2 -- ru' 'rankpool submit --nodes=2 -- run'
    completes 'rankpool submit --nodes=2 -- run comp' 'rankpool submit --nodes=2 -- run compute'
    completes 'rankpool jobs fet' 'rankpool jobs fetch'
}

begin_shell bash env "PS1=%% " bash --norc --noprofile
source_script "${files[0]}"
check_all
completes 'rankpool submit -N 2 -- run compute --sched' 'rankpool submit -N 2 -- run compute --schedule'
# A value with : and = in it, which end words for bash.
completes 'rankpool simulate --times=constant:0.1 --form' 'rankpool simulate --times=constant:0.1 --format'
completes 'rankpool run compute --param iterations=5 --sched' 'rankpool run compute --param iterations=5 --schedule'
touch a:b.txt
completes 'rankpool run compute --input=a:b' 'rankpool run compute --input=a:b.txt'
end_shell

if [ -e /usr/share/bash-completion/bash_completion ]; then # which loads the script when it is wanted
    begin_shell bash-completion env "PS1=%% " "XDG_DATA_DIRS=$work/share:/usr/share" bash --norc --noprofile
    source_script /usr/share/bash-completion/bash_completion
    check_all
    completes 'rankpool run compute --input=a:b' 'rankpool run compute --input=a:b.txt'
    end_shell
fi
if command -v zsh >/dev/null; then
    printf 'PS1="%%%%%%%% "; fpath+=(%q); autoload -U compinit; compinit -u -D; bindkey -e; unsetopt automenu\n' "$work/share/zsh/site-functions" >.zshrc
    begin_shell zsh zsh -d
    equals='=' check_all
    completes 'rankpool submit -N 2 -- run compute --sched' 'rankpool submit -N 2 -- run compute --schedule='
    end_shell
fi
if command -v fish >/dev/null; then
    mkdir -p .config/fish
    printf 'function fish_prompt; printf "%%%%%%%% "; end\nfunction fish_greeting; end\nset -g fish_autosuggestion_enabled 0\n' >.config/fish/config.fish
    begin_shell fish env "XDG_DATA_DIRS=$work/share:/usr/share" fish
    check_all
    end_shell
fi
[ ! -e was-run ] || problem 'the program was run for a completion'
finish
