/* fake_engine: a provider of a few lines, so that the reducer is tested by itself. Its one object, Thing, says in "status.phase" how far it is. */
#ifndef LF_TESTS_FAKE_ENGINE_H
#define LF_TESTS_FAKE_ENGINE_H

#include "core/engine.h"

extern const struct lf_engine fake_engine;
extern const struct lf_engine *const fake_engines[1];

#endif
