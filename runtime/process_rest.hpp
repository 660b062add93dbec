// Whether a program has anything to do at present: what the kernel says of its threads and of those
// of its descendants. A glance, not a promise.
#pragma once

#include <sys/types.h>

namespace staplelab::runtime {

// True when all sleep, and when there are none.
bool is_at_rest(pid_t program);

// The same of a program and of who supervises it (runtime/process.hpp): a thread that asks for the
// time of a moved clock sleeps until it is answered.
bool is_at_rest_with_supervisor(pid_t program);

}  // namespace staplelab::runtime
