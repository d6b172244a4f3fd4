# Writes OUTPUT, which defines sonograd::bench::commit(), when the commit of SOURCE has changed.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --exclude * OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT
"#include \"bench/machine.h\"
const char* sonograd::bench::commit() { return \"${commit}\"; }
")
