/* gpus.c: see gpus.h. */
#include "base/gpus.h"

#include <stdio.h>
#include <string.h>

typedef struct decision {
    const rpi_gpu_facts *facts;
    unsigned per_rank;
    rpi_gpu_setting *settings;
    size_t n;
    rp_error *error;
} decision;

static const char *variable(const decision *self, const char *name) { return self->facts->variable(self->facts->environment, name); }

static unsigned count(const char *list)
{
    unsigned n = *list ? 1 : 0;
    for (; *list; list++) n += *list == ',';
    return n;
}

/* Copies `n` names from number `first` on behind what is in `to` already. False: no room. */
static bool copy_names(char *to, const char *list, unsigned first, unsigned n)
{
    const char *from = list;
    for (unsigned k = 0; k < first; k++) from = strchr(from, ',') + 1;
    const char *end = from;
    for (unsigned k = 0; k < n && end; k++) end = strchr(end + (k > 0), ',');
    size_t size = end ? (size_t)(end - from) : strlen(from), used = strlen(to);
    if (used + size >= RPI_GPU_LIST) return false;
    memcpy(to + used, from, size);
    to[used + size] = '\0';
    return true;
}

/* How many GPUs the host must have for this rank, and for all if it is known how many there are. */
static unsigned needed(const decision *self)
{
    unsigned ranks = (unsigned)self->facts->local_rank + 1;
    if (self->facts->local_ranks > (int)ranks) ranks = (unsigned)self->facts->local_ranks;
    return ranks * self->per_rank;
}

static rp_status refuse(const decision *self, const char *name, unsigned n)
{
    return rp_error_set(self->error, RP_USAGE, 0, "gpus_per_rank is %u, and the ranks of this host need %u GPUs; %s has %u", self->per_rank,
                        needed(self), name, n);
}

/* Cuts the names behind the first `prefix` bytes of the variable, which are kept. */
static rp_status cut(decision *self, const char *name, const char *list, size_t prefix)
{
    unsigned n = count(list + prefix), first = (unsigned)self->facts->local_rank * self->per_rank;
    if (n == self->per_rank) return RP_OK;
    if (n < needed(self)) return refuse(self, name, n);
    rpi_gpu_setting *to = &self->settings[self->n++];
    to->variable = name;
    snprintf(to->value, sizeof to->value, "%.*s", (int)prefix, list);
    if (prefix < sizeof to->value && copy_names(to->value, list + prefix, first, self->per_rank)) return RP_OK;
    return rp_error_set(self->error, RP_USAGE, 0, "the list of GPUs in %s is too long", name);
}

/* The host's own numbers. */
static rp_status number(decision *self, const char *name)
{
    rpi_gpu_setting *to = &self->settings[self->n++];
    size_t used = 0;
    to->variable = name;
    for (unsigned k = 0; k < self->per_rank && used < sizeof to->value; k++)
        used += (size_t)snprintf(to->value + used, sizeof to->value - used, "%s%u", k ? "," : "",
                                 (unsigned)self->facts->local_rank * self->per_rank + k);
    return used < sizeof to->value ? RP_OK
                                   : rp_error_set(self->error, RP_USAGE, 0, "gpus_per_rank is %u: that is too many", self->per_rank);
}

static rp_status cut_or_number(decision *self, const char *name)
{
    const char *list = variable(self, name);
    return list ? cut(self, name, list, 0) : number(self, name);
}

/* On a host with AMD's GPUs alone, CUDA's variable is another name of HIP's. */
static bool cuda_is_hip(const decision *self) { return self->facts->has_amd && !self->facts->has_nvidia; }

static rp_status decide_nvidia(decision *self)
{
    static const char name[] = "CUDA_VISIBLE_DEVICES";
    if (cuda_is_hip(self) || (!self->facts->has_nvidia && !variable(self, name))) return RP_OK;
    return cut_or_number(self, name);
}

static rp_status decide_amd(decision *self)
{
    static const char *const names[] = {"HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (variable(self, names[k]) && (k != 1 || cuda_is_hip(self))) return cut_or_number(self, names[k]);
    return self->facts->has_amd ? number(self, "ROCR_VISIBLE_DEVICES") : RP_OK;
}

/* "level_zero:0,1": what a selector with other signs means, only the runtime knows. */
static rp_status decide_intel(decision *self)
{
    static const char selector_name[] = "ONEAPI_DEVICE_SELECTOR", mask_name[] = "ZE_AFFINITY_MASK";
    const char *selector = variable(self, selector_name), *colon = selector ? strchr(selector, ':') : NULL;
    if (variable(self, mask_name)) return cut_or_number(self, mask_name);
    if (!selector) return self->facts->has_intel ? number(self, mask_name) : RP_OK;
    if (colon && colon[1] && strspn(colon + 1, "0123456789.,") == strlen(colon + 1))
        return cut(self, selector_name, selector, (size_t)(colon + 1 - selector));
    return rp_error_set(self->error, RP_USAGE, 0,
                        "%s is \"%.80s\", of which the ranks can't get a part each; it has to list devices, as %s", selector_name, selector,
                        "level_zero:0,1");
}

rp_status rpi_gpus_decide(const rpi_gpu_facts *facts, unsigned per_rank, rpi_gpu_setting settings[RPI_GPU_VARIABLES], size_t *n,
                          rp_error *error)
{
    static const char *const names[] = {"CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK",
                                        "ONEAPI_DEVICE_SELECTOR"};
    decision self = {facts, per_rank, settings, 0, error};
    bool any = facts->has_nvidia || facts->has_amd || facts->has_intel;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) any = any || variable(&self, names[k]);
    if (facts->local_rank < 0)
        return rp_error_set(error, RP_USAGE, 0, "gpus_per_rank is %u, but the launcher doesn't say which rank of its host this is",
                            per_rank);
    if (!any) return rp_error_set(error, RP_USAGE, 0, "gpus_per_rank is %u, but no driver of a GPU is on this host", per_rank);
    rp_status status = decide_nvidia(&self);
    if (status == RP_OK) status = decide_amd(&self);
    if (status == RP_OK) status = decide_intel(&self);
    *n = status == RP_OK ? self.n : 0;
    return status;
}
