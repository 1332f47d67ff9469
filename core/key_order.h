/* key_order: the order in which people write the keys of an object, whatever order its parts were made in: an extra adds its part when the rest is there. */
#ifndef LF_CORE_KEY_ORDER_H
#define LF_CORE_KEY_ORDER_H

#include "core/document.h"

/* Of every document, before its text is made. What somebody answered as a tree (values, variables) keeps its own order. */
void lf_key_order(struct lf_documents *documents);

#endif
