/* model_engine: stand-ins for the two providers, with documents and progress that look like theirs. */
#ifndef LF_TESTS_MODEL_ENGINE_H
#define LF_TESTS_MODEL_ENGINE_H

#include "core/engine.h"

enum { MODEL_ENGINES = 2 };
extern const struct lf_engine *const model_engines[MODEL_ENGINES];

#endif
