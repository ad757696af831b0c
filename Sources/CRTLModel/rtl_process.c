#ifndef _GNU_SOURCE
#define _GNU_SOURCE // posix_spawn_file_actions_addchdir_np
#endif

#include "rtl_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

static int set_files(posix_spawn_file_actions_t *actions, const char *folder, const char *log) {
  int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  if (!error) {
    error = posix_spawn_file_actions_addopen(actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  if (!error) error = posix_spawn_file_actions_adddup2(actions, 1, 2);
  if (!error) error = posix_spawn_file_actions_addchdir_np(actions, folder);
  return error;
}

static int set_attributes(posix_spawnattr_t *attributes) {
  // What the caller ignores or blocks, such as SIGINT while it cleans up, a tool would inherit.
  sigset_t none, handled;
  sigemptyset(&none);
  sigemptyset(&handled);
  sigaddset(&handled, SIGHUP);
  sigaddset(&handled, SIGINT);
  sigaddset(&handled, SIGQUIT);
  sigaddset(&handled, SIGPIPE);
  sigaddset(&handled, SIGTERM);

  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  int error = posix_spawnattr_setpgroup(attributes, 0);
  if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(attributes, &handled);
  if (!error) error = posix_spawnattr_setflags(attributes, flags);
  return error;
}

int rtl_process_start(const char *executable, char *const argv[], char *const envp[],
                      const char *folder, const char *log, pid_t *process) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  posix_spawnattr_t attributes;
  error = posix_spawnattr_init(&attributes);
  if (!error) {
    error = set_files(&actions, folder, log);
    if (!error) error = set_attributes(&attributes);
    if (!error) error = posix_spawn(process, executable, &actions, &attributes, argv, envp);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}
