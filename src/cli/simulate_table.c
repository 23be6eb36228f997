/* simulate_table.c: one list of columns for all three formats. */
#include "simulate_table.h"

#include <jansson.h>

static const double most_load = 0.9, least_efficiency = 0.9;

int simulate_row_is_saturated(const simulate_row *row)
{
    return row->rank_0_load > most_load || row->group_load > most_load || row->efficiency < least_efficiency;
}

enum { N_COLUMNS = 14 };

typedef struct cell {
    const char *name;
    int is_count;
    double number;
} cell;

static void fill(const simulate_row *row, cell cells[N_COLUMNS])
{
    const cell filled[N_COLUMNS] = {
        {"nodes", 1, (double)row->nodes},
        {"ranks", 1, (double)row->ranks},
        {"workers", 1, (double)row->workers},
        {"items", 1, (double)row->items},
        {"makespan_s", 0, row->makespan_s.mean},
        {"deviation_s", 0, row->makespan_s.deviation},
        {"ideal_s", 0, row->ideal_s},
        {"efficiency", 0, row->efficiency},
        {"imbalance", 0, row->imbalance},
        {"rank_0_load", 0, row->rank_0_load},
        {"group_load", 0, row->group_load},
        {"messages_per_s", 0, row->messages_per_s},
        {"chunks", 1, (double)row->chunks},
        {"saturated", 1, simulate_row_is_saturated(row)},
    };
    for (int k = 0; k < N_COLUMNS; k++) cells[k] = filled[k];
}

static void write_csv(const simulate_row *rows, int n, FILE *file)
{
    cell cells[N_COLUMNS];
    for (int i = -1; i < n; i++) {
        fill(&rows[i < 0 ? 0 : i], cells);
        for (int k = 0; k < N_COLUMNS; k++) {
            if (i < 0) fprintf(file, "%s%s", k ? "," : "", cells[k].name);
            else fprintf(file, cells[k].is_count ? "%s%.0f" : "%s%.9g", k ? "," : "", cells[k].number);
        }
        putc('\n', file);
    }
}

static json_t *row_object(const simulate_row *row)
{
    cell cells[N_COLUMNS];
    json_t *object = json_object();
    fill(row, cells);
    for (int k = 0; object && k < N_COLUMNS; k++) {
        json_t *number = cells[k].is_count ? json_integer((json_int_t)cells[k].number) : json_real(cells[k].number);
        if (json_object_set_new(object, cells[k].name, number) == 0) continue;
        json_decref(object);
        object = NULL;
    }
    return object;
}

static void write_jsonl(const simulate_row *rows, int n, output *out)
{
    for (int i = 0; i < n; i++) {
        json_t *object = row_object(&rows[i]);
        if (!object || json_dumpf(object, out->file, JSON_COMPACT | JSON_REAL_PRECISION(9))) out->out_of_memory = !ferror(out->file);
        putc('\n', out->file);
        json_decref(object);
    }
}

/* Writes what limits the first row that is saturated, or that none is. */
static void write_verdict(const simulate_row *rows, int n, FILE *file)
{
    for (int i = 0; i < n; i++) {
        const simulate_row *row = &rows[i];
        const char *nodes = row->nodes == 1 ? "node" : "nodes";
        if (!simulate_row_is_saturated(row)) continue;
        if (row->rank_0_load > most_load)
            fprintf(file, "\nSaturated at %lld %s: rank 0's progress thread is busy %.0f %% of the time.\n", (long long)row->nodes, nodes,
                    100 * row->rank_0_load);
        else if (row->group_load > most_load)
            fprintf(file, "\nSaturated at %lld %s: a group's coordinator is busy %.0f %% of the time.\n", (long long)row->nodes, nodes,
                    100 * row->group_load);
        else
            fprintf(file, "\nBelow 90 %% efficiency at %lld %s, where rank 0's progress thread is busy %.0f %% of the time.\n",
                    (long long)row->nodes, nodes, 100 * row->rank_0_load);
        return;
    }
    fprintf(file, "\nNot saturated.\n");
}

static void write_table(const simulate_row *rows, int n, FILE *file)
{
    fprintf(file, "%8s %10s %12s %12s %12s %10s %9s %11s %12s\n", "nodes", "workers", "items", "makespan (s)", "ideal (s)", "efficiency",
            "imbalance", "rank 0 busy", "messages/s");
    for (int i = 0; i < n; i++) {
        const simulate_row *row = &rows[i];
        fprintf(file, "%8lld %10llu %12llu %12.6g %12.6g %9.1f%% %9.3f %10.1f%% %12.0f\n", (long long)row->nodes,
                (unsigned long long)row->workers, (unsigned long long)row->items, row->makespan_s.mean, row->ideal_s, 100 * row->efficiency,
                row->imbalance, 100 * row->rank_0_load, row->messages_per_s);
    }
    write_verdict(rows, n, file);
}

void simulate_table_write(const simulate_row *rows, int n, output *out)
{
    if (out->format == OUTPUT_CSV) write_csv(rows, n, out->file);
    if (out->format == OUTPUT_JSONL) write_jsonl(rows, n, out);
    if (out->format == OUTPUT_TEXT) write_table(rows, n, out->file);
}
