// Tells what time it is by every call there is, or waits in one of many ways and tells when it
// woke.
//   time_teller now
//   time_teller MANNER SECONDS     prints "waiting", then "woke"
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void tell(const char* name, clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  printf("%s %lld\n", name, (long long)t.tv_sec);
}

static struct timespec from_now(clockid_t clock, long seconds) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_sec += seconds;
  return t;
}

// As programs do: again and again until the clock says that it is over.
static void on_condition(clockid_t clock, long seconds) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t never;
  pthread_condattr_t how;
  pthread_condattr_init(&how);
  pthread_condattr_setclock(&how, clock);
  pthread_cond_init(&never, &how);
  const struct timespec until = from_now(clock, seconds);
  pthread_mutex_lock(&mutex);
  while (pthread_cond_timedwait(&never, &mutex, &until) == 0) {
  }
}

static void on_epoll(long seconds) {
  struct epoll_event event;
  const int descriptor = epoll_create1(0);
  const struct timespec until = from_now(CLOCK_MONOTONIC, seconds);
  for (;;) {
    const struct timespec now = from_now(CLOCK_MONOTONIC, 0);
    if (now.tv_sec >= until.tv_sec) return;
    epoll_wait(descriptor, &event, 1, (int)(until.tv_sec - now.tv_sec) * 1000);
  }
}

static void on_timer(int flags, long seconds) {
  struct itimerspec when;
  memset(&when, 0, sizeof when);
  when.it_value = flags ? from_now(CLOCK_MONOTONIC, seconds) : (struct timespec){seconds, 0};
  const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  timerfd_settime(timer, flags, &when, NULL);
  unsigned long long times;
  if (read(timer, &times, sizeof times) != sizeof times) exit(1);
}

static void wait_by(const char* manner, long seconds) {
  struct timespec length = {seconds, 0};
  struct timeval old_length = {seconds, 0};
  struct pollfd nothing = {-1, 0, 0};
  struct timespec until = from_now(CLOCK_MONOTONIC, seconds);
  if (!strcmp(manner, "nanosleep"))
    nanosleep(&length, NULL);
  else if (!strcmp(manner, "sleep_until"))
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
  else if (!strcmp(manner, "poll"))
    poll(&nothing, 1, (int)seconds * 1000);
  else if (!strcmp(manner, "select"))
    select(0, NULL, NULL, NULL, &old_length);
  else if (!strcmp(manner, "epoll"))
    on_epoll(seconds);
  else if (!strcmp(manner, "condition_realtime"))
    on_condition(CLOCK_REALTIME, seconds);
  else if (!strcmp(manner, "condition_monotonic"))
    on_condition(CLOCK_MONOTONIC, seconds);
  else if (!strcmp(manner, "timer"))
    on_timer(0, seconds);
  else if (!strcmp(manner, "timer_until"))
    on_timer(TFD_TIMER_ABSTIME, seconds);
  else
    exit(1);
}

// Tells how long one reading takes, on average.
static void measure(void) {
  struct timespec begin, end, now;
  const int times = 2000;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < times; ++i)
    clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("nanoseconds %lld\n",
         ((end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec) / times);
}

int main(int count, char** arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count == 3) {
    printf("waiting\n");
    wait_by(arguments[1], atol(arguments[2]));
    printf("woke\n");
    return 0;
  }
  if (count == 2 && !strcmp(arguments[1], "measure")) {
    measure();
    return 0;
  }
  struct timeval tv;
  gettimeofday(&tv, NULL);
  printf("time %lld\n", (long long)time(NULL));
  printf("gettimeofday %lld\n", (long long)tv.tv_sec);
  tell("realtime", CLOCK_REALTIME);
  tell("realtime_coarse", CLOCK_REALTIME_COARSE);
  tell("monotonic", CLOCK_MONOTONIC);
  tell("boottime", CLOCK_BOOTTIME);
  tell("process_cpu", CLOCK_PROCESS_CPUTIME_ID);
  tell("thread_cpu", CLOCK_THREAD_CPUTIME_ID);
  return 0;
}
