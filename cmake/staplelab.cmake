# What every target of ours shares: warnings, sanitizers, the include root, precompiled headers.
add_library(staplelab_options INTERFACE)
target_include_directories(staplelab_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(staplelab_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(STAPLELAB_WERROR)
  target_compile_options(staplelab_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Lets ccache share one precompiled header between build folders.
  target_compile_options(staplelab_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>)
  # Debug information makes GNU ld the slowest part of a small change.
  find_program(LLD_PROGRAM NAMES ld.lld ld.lld-19)
  if(LLD_PROGRAM)
    add_link_options(-fuse-ld=lld)
  endif()
else()
  target_compile_options(staplelab_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
if(STAPLELAB_SANITIZE)
  add_compile_options(-fsanitize=${STAPLELAB_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STAPLELAB_SANITIZE})
endif()
if(STAPLELAB_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# staplelab_precompile(TARGET HEADER...): what most sources of a target include anyway. Asio's
# coroutines cost a source about two seconds, GoogleMock one. Each header still names all it needs:
# ./do check compiles every one alone.
function(staplelab_precompile target)
  if(STAPLELAB_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE
      <algorithm> <chrono> <functional> <map> <memory> <optional> <string> <string_view> <variant>
      <vector> ${ARGN})
  endif()
endfunction()

# staplelab_folder(NAME): a static library from the .cpp files of the calling folder, named
# staplelab_NAME, alias staplelab::NAME.
function(staplelab_folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    message(FATAL_ERROR "no sources in ${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  add_library(staplelab_${name} STATIC ${sources})
  add_library(staplelab::${name} ALIAS staplelab_${name})
  target_link_libraries(staplelab_${name} PUBLIC staplelab_options)
endfunction()

# staplelab_test(FOLDER LIBS...): one GoogleTest program for each folder under tests/.
function(staplelab_test folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${folder} ${sources})
  target_link_libraries(test_${folder} PRIVATE ${ARGN} GTest::gmock GTest::gtest_main)
  # Optimising tests costs half of their compile time and buys nothing.
  if(CMAKE_BUILD_TYPE STREQUAL Release)
    target_compile_options(test_${folder} PRIVATE -O0)
  endif()
  set(below <gmock/gmock.h> <gtest/gtest.h>)
  if(NOT folder MATCHES "^(pki|interop)$")
    list(APPEND below ${PROJECT_SOURCE_DIR}/runtime/async.hpp)
  endif()
  staplelab_precompile(test_${folder} ${below})
  gtest_discover_tests(test_${folder} TEST_PREFIX ${folder}. DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()
