/* compiler: attributes that let the compiler check our callers. */
#ifndef LF_CORE_COMPILER_H
#define LF_CORE_COMPILER_H

#define LF_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define LF_NODISCARD __attribute__((warn_unused_result))
#define LF_NORETURN __attribute__((noreturn))
#define LF_UNUSED __attribute__((unused))
#define LF_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
