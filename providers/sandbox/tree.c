/* tree: see tree.h. No store, no I/O but the clock and the random source. */
#include "config.h"
#include "providers/sandbox/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/mem.h"

static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";

/* The map that holds the last name of PATH; *NAME points at that name. */
static struct lf_node *parent_of(struct lf_node *node, const char *path, const char **name)
{
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		char *key = lf_dup_n(path, (size_t)(dot - path));

		node = lf_node_set_map(node, key);
		lf_free(key);
	}
	*name = path;
	return node;
}

struct lf_node *lf_tree_map(struct lf_node *node, const char *path)
{
	const char *name;

	node = parent_of(node, path, &name);
	return lf_node_set_map(node, name);
}

struct lf_node *lf_tree_list(struct lf_node *node, const char *path)
{
	const char *name;

	node = parent_of(node, path, &name);
	return lf_node_set_list(node, name);
}

void lf_tree_set(struct lf_node *node, const char *path, struct lf_node *child)
{
	const char *name;

	node = parent_of(node, path, &name);
	(void)lf_node_set(node, name, child);
}

void lf_tree_text(struct lf_node *node, const char *path, const char *text)
{
	lf_tree_set(node, path, lf_node_text_new(text));
}

void lf_tree_int(struct lf_node *node, const char *path, int64_t value)
{
	lf_tree_set(node, path, lf_node_int_new(value));
}

void lf_tree_bool(struct lf_node *node, const char *path, bool value)
{
	lf_tree_set(node, path, lf_node_bool_new(value));
}

void lf_tree_remove(struct lf_node *node, const char *path)
{
	const char *name;

	if (!lf_node_get(node, path))
		return;
	node = parent_of(node, path, &name);
	lf_node_remove(node, name);
}

void lf_tree_label(struct lf_node *object, const char *key, const char *value)
{
	lf_node_set_text(lf_tree_map(object, "metadata.labels"), key, value);
}

void lf_tree_annotation(struct lf_node *object, const char *key, const char *value)
{
	lf_node_set_text(lf_tree_map(object, "metadata.annotations"), key, value);
}

const char *lf_tree_get_label(const struct lf_node *object, const char *key)
{
	return lf_node_text(lf_node_key(lf_node_get(object, "metadata.labels"), key), NULL);
}

const char *lf_tree_get_annotation(const struct lf_node *object, const char *key)
{
	return lf_node_text(lf_node_key(lf_node_get(object, "metadata.annotations"), key), NULL);
}

const char *lf_tree_name(const struct lf_node *object)
{
	return lf_node_text(object, "metadata.name");
}

const char *lf_tree_namespace(const struct lf_node *object)
{
	return lf_node_text(object, "metadata.namespace");
}

const char *lf_tree_uid(const struct lf_node *object)
{
	return lf_node_text(object, "metadata.uid");
}

struct lf_node *lf_tree_item(const struct lf_node *list, const char *key, const char *value)
{
	for (size_t i = 0; i < lf_node_count(list); i++)
		if (lf_equal(lf_node_text(lf_node_at(list, i), key), value))
			return lf_node_at(list, i);
	return NULL;
}

void lf_tree_drop(struct lf_node *node, const char *path, const char *key, const char *value)
{
	const struct lf_node *list = lf_node_get(node, path);
	struct lf_node *kept;

	if (!list)
		return;
	kept = lf_node_new(LF_NODE_LIST);
	for (size_t i = 0; i < lf_node_count(list); i++)
		if (!lf_equal(lf_node_text(lf_node_at(list, i), key), value))
			(void)lf_node_add(kept, lf_node_dup(lf_node_at(list, i)));
	lf_tree_set(node, path, kept);
}

bool lf_tree_has(const struct lf_node *list, const char *text)
{
	return lf_tree_item(list, "", text) != NULL;
}

static void condition(struct lf_node *object, const char *type, const char *status, const char *reason,
                      const char *message, bool generation, bool updated)
{
	struct lf_node *list = lf_tree_list(object, "status.conditions");
	struct lf_node *item = lf_tree_item(list, "type", type);
	char now[32];
	bool moved;

	if (!item) {
		item = lf_node_add_map(list);
		lf_node_set_text(item, "type", type);
	}
	moved = !lf_equal(lf_node_text(item, "status"), status);
	updated = updated && (moved || !lf_equal(lf_node_text(item, "reason"), reason) ||
	                      !lf_equal(lf_node_text(item, "message"), message));
	lf_node_set_text(item, "status", status);
	if (generation)
		lf_node_set_int(item, "observedGeneration", lf_node_int(object, "metadata.generation", 0));
	if (updated)
		lf_node_set_text(item, "lastUpdateTime", lf_clock(now));
	if (moved)
		lf_node_set_text(item, "lastTransitionTime", lf_clock(now));
	if (*reason)
		lf_node_set_text(item, "reason", reason);
	else
		lf_node_remove(item, "reason");
	if (*message)
		lf_node_set_text(item, "message", message);
	else
		lf_node_remove(item, "message");
}

void lf_tree_condition(struct lf_node *object, const char *type, const char *status, const char *reason,
                       const char *message)
{
	condition(object, type, status, reason, message, true, false);
}

void lf_tree_old_condition(struct lf_node *object, const char *type, const char *status, const char *reason,
                           const char *message, bool updated)
{
	condition(object, type, status, reason, message, false, updated);
}

const struct lf_node *lf_tree_condition_of(const struct lf_node *object, const char *type)
{
	return lf_tree_item(lf_node_get(object, "status.conditions"), "type", type);
}

bool lf_tree_is(const struct lf_node *object, const char *type, const char *status)
{
	return lf_equal(lf_node_text(lf_tree_condition_of(object, type), "status"), status);
}

void lf_tree_condition_drop(struct lf_node *object, const char *type)
{
	lf_tree_drop(object, "status.conditions", "type", type);
}

void lf_tree_own(struct lf_node *object, const struct lf_node *owner)
{
	struct lf_node *reference = lf_node_add_map(lf_tree_list(object, "metadata.ownerReferences"));

	lf_node_set_text(reference, "apiVersion", lf_node_text(owner, "apiVersion"));
	lf_node_set_text(reference, "kind", lf_node_text(owner, "kind"));
	lf_node_set_text(reference, "name", lf_tree_name(owner));
	lf_node_set_text(reference, "uid", lf_tree_uid(owner));
	lf_node_set_bool(reference, "controller", true);
	lf_node_set_bool(reference, "blockOwnerDeletion", true);
}

bool lf_tree_owned_by(const struct lf_node *object, const char *uid)
{
	return lf_tree_item(lf_node_get(object, "metadata.ownerReferences"), "uid", uid) != NULL;
}

bool lf_tree_selected(const struct lf_node *selector, const struct lf_node *object)
{
	const struct lf_node *labels = lf_node_get(object, "metadata.labels");

	for (size_t i = 0; i < lf_node_count(selector); i++) {
		const struct lf_node *value = lf_node_key(labels, lf_node_key_at(selector, i));

		if (!value ||
		    !lf_equal(lf_node_text(value, NULL), lf_node_text(lf_node_at(selector, i), NULL)))
			return false;
	}
	return lf_node_count(selector) > 0;
}

bool lf_tree_within(const struct lf_node *wanted, const struct lf_node *live)
{
	switch (lf_node_kind(wanted)) {
	case LF_NODE_MAP:
		for (size_t i = 0; i < lf_node_count(wanted); i++)
			if (!lf_tree_within(lf_node_at(wanted, i),
			                    lf_node_key(live, lf_node_key_at(wanted, i))))
				return false;
		return true;
	case LF_NODE_LIST:
		if (lf_node_count(wanted) != lf_node_count(live))
			return false;
		for (size_t i = 0; i < lf_node_count(wanted); i++)
			if (!lf_tree_within(lf_node_at(wanted, i), lf_node_at(live, i)))
				return false;
		return true;
	case LF_NODE_NULL:
		return true;
	case LF_NODE_BOOL:
	case LF_NODE_NUMBER:
	case LF_NODE_TEXT:
		break;
	}
	return live && lf_equal(lf_node_text(wanted, NULL), lf_node_text(live, NULL));
}

const char *lf_clock_at(char out[32], int64_t unix_seconds)
{
	struct tm parts;
	time_t when = (time_t)unix_seconds;

	gmtime_r(&when, &parts);
	(void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return out;
}

const char *lf_clock(char out[32])
{
	return lf_clock_at(out, (int64_t)time(NULL));
}

int64_t lf_clock_parse(const char *text)
{
	struct tm parts = {0};

	return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) ? (int64_t)timegm(&parts) : -1;
}

int64_t lf_clock_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void random_bytes(unsigned char *out, size_t length)
{
	if (getrandom(out, length, 0) != (ssize_t)length)
		abort(); /* at most 256 bytes are asked for: the kernel then gives all or is not able to at
		            all */
}

void lf_random_suffix(char *out, size_t length)
{
	unsigned char bytes[32];

	if (length > sizeof(bytes))
		length = sizeof(bytes);
	random_bytes(bytes, length);
	for (size_t i = 0; i < length; i++)
		out[i] = alphabet[bytes[i] % (sizeof(alphabet) - 1)];
	out[length] = '\0';
}

void lf_random_hex(char *out, size_t length)
{
	unsigned char bytes[64];

	if (length > sizeof(bytes))
		length = sizeof(bytes);
	random_bytes(bytes, length);
	for (size_t i = 0; i < length; i++)
		out[i] = "0123456789abcdef"[bytes[i] & 15];
	out[length] = '\0';
}

void lf_random_uid(char out[37])
{
	lf_random_hex(out, 36);
	out[8] = out[13] = out[18] = out[23] = '-';
	out[14] = '4';
	out[19] = "89ab"[(unsigned char)out[19] & 3];
}

void lf_hash_suffix(char out[11], const char *text, size_t length)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
	for (size_t i = 0; i < 10; i++, hash /= sizeof(alphabet) - 1)
		out[i] = alphabet[hash % (sizeof(alphabet) - 1)];
	out[10] = '\0';
}
