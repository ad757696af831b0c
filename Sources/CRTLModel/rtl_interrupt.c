#ifndef _GNU_SOURCE
#define _GNU_SOURCE // sigaction in strict C
#endif

#include "rtl_interrupt.h"

#include <signal.h>

static volatile sig_atomic_t seen;
static struct sigaction before_int, before_term;

static void note(int number) {
  (void)number;
  seen = 1;
  // From now on as before: whoever presses Ctrl-C twice does not want to wait.
  sigaction(SIGINT, &before_int, 0);
  sigaction(SIGTERM, &before_term, 0);
}

void rtl_interrupt_watch(void) {
  struct sigaction action = {0};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  seen = 0;
  // Both are known before either can be needed.
  sigaction(SIGINT, 0, &before_int);
  sigaction(SIGTERM, 0, &before_term);
  sigaction(SIGINT, &action, 0);
  sigaction(SIGTERM, &action, 0);
}

int rtl_interrupt_seen(void) { return seen; }

void rtl_interrupt_unwatch(void) {
  sigaction(SIGINT, &before_int, 0);
  sigaction(SIGTERM, &before_term, 0);
}
