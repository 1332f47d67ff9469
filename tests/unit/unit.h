/* unit: what every unit test includes: cmocka with what it needs before it. */
#ifndef LF_TESTS_UNIT_H
#define LF_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#endif
