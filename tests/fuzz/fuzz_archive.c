/* fuzz_archive: an archive of a chart, as bytes: it is opened or refused with words, and never more than its limits. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/chart.h"
#include "core/text.h"
#include "providers/chart.h"

extern const struct lf_chart_module lf_module_chart;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lf_chart_opened opened = {0};
	struct lf_error err = {0};

	if (lf_module_chart.open(&opened, data, size, NULL, &err))
		fuzz_require(err.message[0] && err.hint[0] && lf_text_is_utf8(err.message, strlen(err.message)), "a refusal without words", err.message);
	else
		fuzz_require(opened.name && opened.exact_version && (!opened.values || strlen(opened.values) <= LF_CHART_FILE_BYTES), "half a chart", "");
	lf_chart_opened_dispose(&opened);
	return 0;
}
