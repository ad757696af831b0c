// Notes that the user pressed Ctrl-C or that the process was asked to end.
//
// In C because a signal handler may run between any two instructions.

#ifndef RTL_INTERRUPT_H
#define RTL_INTERRUPT_H

/// Notes the next SIGINT or SIGTERM instead of ending the process. A second one acts as before.
/// One watch at a time.
void rtl_interrupt_watch(void);

/// 1 when a signal came since the watch began, else 0.
int rtl_interrupt_seen(void);

/// Ends the watch; signals act as before it.
void rtl_interrupt_unwatch(void);

#endif
