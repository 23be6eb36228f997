/*
 * page_template.h: names of pages by a template of the user's, as "{host}/{path}". A name never leaves the directory, and is one that other
 * systems can have too: what they can't is written as %XX. Two addresses may have one name, if the template has too little of them. Used by
 * the job `fetch`. Independent of curl and the pool.
 */
#ifndef RANKPOOL_PAGE_TEMPLATE_H
#define RANKPOOL_PAGE_TEMPLATE_H

#include "page_file.h"

#include <stdint.h>

enum { PAGE_TEMPLATE_SIZE = 256, PAGE_TEMPLATE_REASON = 256 };

/*
 * What stands for what. A part with its %XX decoded and made safe again; too long ones are cut and have a hash at their end.
 *
 *     {host}   the host and, after a _, its port      {query}  the query, with its question mark
 *     {path}   folders, {name}{query}{ext}            {hash}   of the whole address: no two have the same
 *     {name}   the last part of the path; or index    {index}  of the item, from 0
 *     {ext}    what kind of file it is, with its dot; of an index .html
 */

/* Whether it is one. Returns 1; 0: `reason` says what is wrong. */
int page_template_check(const char *template, char reason[PAGE_TEMPLATE_REASON]);

/* Whether no two items can have one name. */
int page_template_is_unique(const char *template);

/* Makes the name of an item's address, with / between folders. Returns 1; 0: it would be too long, or there is no hash; `reason` says it.
 * Any thread. */
int page_template_expand(const char *template, const char *address, int64_t index, char name[PAGE_PATH_SIZE],
                         char reason[PAGE_TEMPLATE_REASON]);

#endif
