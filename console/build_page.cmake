# Script: installs the packages if the lock file is newer than they are, builds the page in TO, and
# writes it as a C++ source. What fails is said once, and the source then holds an empty page.
set(page "")
set(left_out "")

function(try_to what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${FROM} RESULT_VARIABLE failed
                  OUTPUT_VARIABLE told ERROR_VARIABLE told)
  if(failed)
    string(REGEX REPLACE "\n$" "" told "${told}")
    message(NOTICE "${told}\nstaplelab: ${what} failed: run --report-html is left out of this build")
    set(left_out "left out: ${what} failed" PARENT_SCOPE)
  endif()
endfunction()

set(installed ${FROM}/node_modules/.package-lock.json)
if(NOT EXISTS ${installed} OR ${FROM}/package-lock.json IS_NEWER_THAN ${installed})
  try_to("npm ci" ${NPM} ci)
endif()
if(NOT left_out)
  try_to("npm run build" ${NPM} run --silent build -- --outDir ${TO}/dist --emptyOutDir --logLevel warn)
endif()
if(NOT left_out)
  file(READ ${TO}/dist/index.html page)
endif()
configure_file(${FROM}/page.cpp.in ${TO}/page.cpp @ONLY)
