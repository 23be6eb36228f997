/*
 * test_journal_kills.c: a program whose pool has a journal is killed in the middle, several times, and goes on each time.
 *
 *     test_journal_kills EXECUTOR THREADS [LAUNCHER…]     the test
 *     test_journal_kills client EXECUTOR THREADS FOLDER   the program that is killed
 *
 * The program writes what all its calls gave to a file. It has to be that of a program that nobody killed. Items leave a line in a log each
 * time they run. The test waits for lines, and not for a time. Its moments come from a seed, which is printed; RANKPOOL_TEST_SEED sets it.
 */
#include <rankpool/rankpool.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N_MAPPED = 300, N_ITERATED = 200, N_CRASHING = 40, CRASHING = 5, LINE = 8, MOST_RUNS = 40, LEAST_PROGRESS = 60, HANG_S = 300 };

static void nap(double seconds)
{
    struct timespec left = {.tv_nsec = (long)(seconds * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

/* ---- the program ---- */

static void leave_line(const char *path, char call, int64_t x)
{
    char line[LINE + 8];
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    snprintf(line, sizeof line, "%c %5lld\n", call, (long long)x);
    if (file < 0 || write(file, line, LINE) != LINE) rp_fail(99, "no line could be left in %s", path);
    if (file >= 0) close(file);
}

static int64_t mapped(const char *log, int64_t x)
{
    leave_line(log, 'm', x);
    nap(0.001);
    return x % 50 == 49 ? rp_fail((int)x, "%lld is no good", (long long)x) : x * x;
}
RP_TASK(mapped, int64_t, const char *, int64_t)

static void worded(const char *log, int64_t x)
{
    char text[32];
    leave_line(log, 'w', x);
    nap(0.001);
    if (x % 20 == 3 && rp_attempt() <= 2) rp_fail(1, "not yet");
    int size = snprintf(text, sizeof text, "<%lld>", (long long)(7 * x));
    rp_emit(text, (size_t)size);
}
RP_TASK_EMIT(worded, const char *, int64_t)

static int64_t crashing(const char *log, int64_t x)
{
    leave_line(log, 'c', x);
    if (x == CRASHING) kill(getpid(), SIGKILL);
    nap(0.001);
    return x + 1;
}
RP_TASK(crashing, int64_t, const char *, int64_t)

typedef struct client {
    rp_pool *pool;
    FILE *out;
    char log[256];
    rp_error error;
} client;

static rp_status map_all(client *self)
{
    static int64_t results[N_MAPPED];
    static rp_status statuses[N_MAPPED];
    rp_call_options options = {
        .key = "map", .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .bound = RP_COLUMNS(RP_CONSTANT((const char *)self->log))};
    rp_status status = rp_map(self->pool, mapped_task, results, N_MAPPED, RP_RANGE(0, 1), &options, &self->error);
    if (status != RP_FAILED) return status == RP_OK ? RP_USAGE : status;
    fprintf(self->out, "%s\n", self->error.message);
    for (int i = 0; i < N_MAPPED; i++) fprintf(self->out, "%d %lld\n", (int)statuses[i], statuses[i] == RP_OK ? (long long)results[i] : 0);
    leave_line(self->log, 'M', 0);
    return RP_OK;
}

static rp_status read_words(client *self, bool ordered)
{
    static char texts[N_ITERATED][32];
    rp_iter *iterator;
    rp_bytes word;
    rp_call_options options = {.key = "words", .retries = 3, .bound = RP_COLUMNS(RP_CONSTANT((const char *)self->log))};
    rp_source source = RP_ITEMS(N_ITERATED, RP_RANGE(0, 1));
    rp_status status = ordered ? rp_imap(self->pool, worded_task, source, &options, &iterator, &self->error)
                               : rp_imap_unordered(self->pool, worded_task, source, &options, &iterator, &self->error);
    if (status != RP_OK) return status;
    while ((status = rp_iter_next(iterator, &word, -1, &self->error)) == RP_OK)
        snprintf(texts[rp_iter_index(iterator)], sizeof texts[0], "%.*s", (int)word.size, (const char *)word.data);
    rp_iter_free(iterator);
    for (int i = 0; i < N_ITERATED && status == RP_END; i++) fprintf(self->out, "%s\n", texts[i]);
    return status == RP_END ? RP_OK : status;
}

static rp_status map_crashing(client *self)
{
    static int64_t results[N_CRASHING];
    static rp_status statuses[N_CRASHING];
    rp_call_options options = {
        .key = "crash", .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .bound = RP_COLUMNS(RP_CONSTANT((const char *)self->log))};
    rp_status status = rp_map(self->pool, crashing_task, results, N_CRASHING, RP_RANGE(0, 1), &options, &self->error);
    if (status != RP_FAILED) return status == RP_OK ? RP_USAGE : status;
    fprintf(self->out, "%s, item %d: %s\n", rp_cause_text(self->error.cause), (int)self->error.item, self->error.message);
    for (int i = 0; i < N_CRASHING; i++)
        fprintf(self->out, "%d %lld\n", (int)statuses[i], statuses[i] == RP_OK ? (long long)results[i] : 0);
    return RP_OK;
}

static void write_pid(const char *folder)
{
    char name[256], made[256];
    snprintf(name, sizeof name, "%s/pid", folder);
    snprintf(made, sizeof made, "%s/pid.new", folder);
    FILE *stream = fopen(made, "w");
    if (!stream) return;
    fprintf(stream, "%ld\n", (long)getpid());
    fclose(stream);
    (void)rename(made, name);
}

static rp_status run_calls(client *self, bool crashes)
{
    if (crashes) return map_crashing(self);
    rp_status status = map_all(self);
    if (status == RP_OK) status = read_words(self, true);
    return status == RP_OK ? read_words(self, false) : status;
}

static bool is_isolated(const char *executor) { return strstr(executor, ",isolated") != NULL; }

static rp_status open_pool(client *self, char **argv, const char *folder)
{
    char journal[256], executor[32];
    snprintf(journal, sizeof journal, "%s/journal", folder);
    snprintf(executor, sizeof executor, "%.*s", (int)strcspn(argv[2], ","), argv[2]);
    rp_pool_options options = {.journal = journal, .retry_pause_s = 0.001, .threads = atoi(argv[3])};
    options.isolation = is_isolated(argv[2]) ? RP_ISOLATION_PROCESS : RP_ISOLATION_NONE;
    rp_status status = rp_pool_options_set(&options, "executor", executor, &self->error);
    return status == RP_OK ? rp_pool_open(&options, &self->pool, &self->error) : status;
}

static int run_client(rp_pool *none, int argc, char **argv)
{
    client self = {.pool = NULL};
    const char *folder = argv[4];
    char made[256], out[256];
    (void)none;
    (void)argc;
    write_pid(folder);
    snprintf(self.log, sizeof self.log, "%s/log", folder);
    snprintf(made, sizeof made, "%s/out.new", folder);
    snprintf(out, sizeof out, "%s/out", folder);
    self.out = fopen(made, "w");
    rp_status status = self.out ? open_pool(&self, argv, folder) : RP_SYSTEM;
    if (status == RP_OK) status = run_calls(&self, argc > 5);
    rp_pool_free(self.pool);
    if (self.out) fclose(self.out);
    if (status != RP_OK) fprintf(stderr, "%s: %s\n", rp_status_text(status), rp_error_text(&self.error));
    return status == RP_OK && rename(made, out) == 0 ? 0 : 1;
}

/* ---- the test ---- */

typedef struct test {
    char **command; /* of the client: launcher, program, "client", executor, threads, folder, and "crash" or NULL */
    int n_command;
    char folder[256];
    uint64_t random;
    int n_kills;
} test;

static uint64_t next_random(test *self)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    return self->random ^= self->random << 17;
}

static void in_folder(const test *self, const char *name, char *path) { snprintf(path, 512, "%s/%s", self->folder, name); }

static long n_lines(const test *self)
{
    char path[512];
    struct stat stat_of;
    in_folder(self, "log", path);
    return stat(path, &stat_of) == 0 ? (long)stat_of.st_size / LINE : 0;
}

static pid_t start(const test *self)
{
    char path[512];
    in_folder(self, "pid", path);
    unlink(path);
    pid_t child = fork();
    if (child != 0) return child;
    execvp(self->command[0], self->command);
    _exit(127);
}

/* The process that has the journal: rank 0. */
static pid_t holder(const test *self)
{
    char path[512];
    long pid = 0;
    in_folder(self, "pid", path);
    FILE *stream = fopen(path, "r");
    if (!stream) return 0;
    if (fscanf(stream, "%ld", &pid) != 1) pid = 0;
    fclose(stream);
    return (pid_t)pid;
}

/* Runs the program, and kills it once there are so many lines; 0: never. Returns its status, -1: it was killed. */
static int run_until(test *self, long lines)
{
    int status = 0;
    bool killed = false;
    pid_t child = start(self), ended = 0;
    time_t begin = time(NULL);
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 && time(NULL) < begin + HANG_S) {
        if (!killed && lines > 0 && n_lines(self) >= lines && holder(self) > 0) killed = kill(holder(self), SIGKILL) == 0;
        nap(0.0005);
    }
    if (ended == 0) {
        printf("the program hangs\n");
        kill(child, SIGKILL);
        (void)waitpid(child, &status, 0);
    }
    self->n_kills += killed;
    return WIFEXITED(status) && !killed ? WEXITSTATUS(status) : -1;
}

static char *read_file(const test *self, const char *name)
{
    char path[512], *text = calloc(1, 1 << 20);
    in_folder(self, name, path);
    FILE *stream = fopen(path, "r");
    if (stream && text) (void)fread(text, 1, (1 << 20) - 1, stream);
    if (stream) fclose(stream);
    return text;
}

static void clean(const test *self)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", self->folder);
    (void)system(command);
}

static int problem(const char *what)
{
    printf("FAILED: %s\n", what);
    return 1;
}

/* After a blocking call has returned none of its items runs again, whenever the process was killed. */
static int check_log(const test *self)
{
    char *log = read_file(self, "log"), *returned = strstr(log, "M ");
    int bad = !returned || strstr(returned, "m ") ? problem("items of a call that had returned ran again") : 0;
    free(log);
    return bad;
}

static int make_folder(test *self)
{
    snprintf(self->folder, sizeof self->folder, "/tmp/rankpool-journal-kills-XXXXXX");
    self->n_kills = 0;
    return mkdtemp(self->folder) ? 0 : problem("no folder");
}

/* Shows the first line that differs. */
static int compare(const char *out, const char *expected)
{
    size_t line = 0;
    for (size_t i = 0; out[i] == expected[i]; i++) {
        if (out[i] == '\0') return 0;
        if (out[i] == '\n') line = i + 1;
    }
    printf("%.60s\n%.60s\n", out + line, expected + line);
    return problem("the results aren't those of a program that nobody killed");
}

/* Between two kills some items end: one with which the process died three times would have failed. */
static int kill_and_go_on(test *self, const char *expected)
{
    int status = -1, bad = make_folder(self);
    for (int run = 0; run < MOST_RUNS && status != 0 && !bad; run++) {
        long lines = n_lines(self) + LEAST_PROGRESS + (long)(next_random(self) % 100);
        status = run_until(self, run < 6 ? lines : 0);
    }
    char *out = read_file(self, "out");
    if (status != 0) bad += problem("it didn't come to its end");
    bad += compare(out, expected);
    bad += check_log(self);
    long before = n_lines(self);
    if (run_until(self, 0) != 0 || n_lines(self) != before + 1) bad += problem("items ran again when all was done"); /* its own line, M */
    printf("%d kills, %ld lines for %d items\n", self->n_kills, before, N_MAPPED + 2 * N_ITERATED);
    free(out);
    clean(self);
    return bad;
}

/* The first death may come before anything is written. So it takes three or four until the item has failed. */
static int crash_until_it_fails(test *self)
{
    int n_deaths = 0, status, bad = make_folder(self);
    self->command[self->n_command] = (char[]){"crash"};
    while ((status = run_until(self, 0)) != 0 && n_deaths < 10) n_deaths++;
    self->command[self->n_command] = NULL;
    char *out = read_file(self, "out"), ok[32];
    if (status != 0 || n_deaths < 3 || n_deaths > 4) bad += problem("three deaths don't make an item fail");
    if (!strstr(out, "crash, item 5: its process died 3 times")) bad += problem("the item's failure doesn't say why");
    for (int i = 0; i < N_CRASHING; i++) {
        snprintf(ok, sizeof ok, "\n0 %d\n", i + 1);
        if (i != CRASHING && !strstr(out, ok)) bad += problem("another item has failed too");
    }
    printf("%d deaths\n", n_deaths);
    free(out);
    clean(self);
    return bad;
}

static int run_test(test *self, const char *executor)
{
    int bad = make_folder(self);
    if (run_until(self, 0) != 0) bad += problem("a program that nobody killed fails");
    char *expected = read_file(self, "out");
    if (strlen(expected) < 1000) bad += problem("it writes nothing");
    clean(self);
    for (int round = 0; round < 2 && !bad; round++) bad += kill_and_go_on(self, expected);
    if (!bad && !strcmp(executor, "serial")) bad += crash_until_it_fails(self);
    free(expected);
    return bad ? 1 : 0;
}

int main(int argc, char **argv)
{
    char *command[32] = {NULL}, client_word[] = "client";
    if (argc >= 5 && !strcmp(argv[1], "client")) {
        if (is_isolated(argv[2]) && rp_isolation_prepare(NULL) != RP_OK) return 1;
        return rp_main_bare(argc, argv, run_client);
    }
    if (argc < 3 || argc > 20) return 2;
    test self = {.command = command, .random = (uint64_t)time(NULL)};
    const char *seed = getenv("RANKPOOL_TEST_SEED");
    if (seed) self.random = strtoull(seed, NULL, 10);
    printf("seed %llu\n", (unsigned long long)self.random);
    fflush(stdout);
    for (int i = 3; i < argc; i++) command[self.n_command++] = argv[i];
    char *own[] = {argv[0], client_word, argv[1], argv[2], self.folder};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) command[self.n_command++] = own[i];
    self.random = self.random * 2 + 1;
    return run_test(&self, argv[1]);
}
