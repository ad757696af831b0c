// Starts the tools that build a model.
//
// In C because the parts of spawn.h that are needed are not all visible from Swift.

#ifndef RTL_PROCESS_H
#define RTL_PROCESS_H

#include <sys/types.h>

/// Starts `executable` as the leader of a new process group, with default signal handling, `folder`
/// as its working folder, stdin empty, and stdout and stderr appended to the file `log`.
///
/// `argv` and `envp` end with NULL. Returns 0 and sets `process`, or returns an errno value.
int rtl_process_start(const char *executable, char *const argv[], char *const envp[],
                      const char *folder, const char *log, pid_t *process);

#endif
