/* completion.c: see completion.h. */
#include "completion.h"
#include "completion_bash.h"
#include "completion_fish.h"
#include "completion_zsh.h"

const completion_shell completion_shells[] = {
    {"bash", "bash-completion/completions/rankpool", completion_bash_print},
    {"zsh", "zsh/site-functions/_rankpool", completion_zsh_print},
    {"fish", "fish/vendor_completions.d/rankpool.fish", completion_fish_print},
    {NULL, NULL, NULL},
};

const char *completion_shell_name(const void *among, size_t k)
{
    (void)among;
    return completion_shells[k].name;
}
