// Several flows of control in one partition: a switch from one stack to another.
#ifndef PARTITA_FLOW_H
#define PARTITA_FLOW_H

/// Saves what the C ABI says a call preserves on this stack and goes on on another.
///
/// `from` gets this flow's stack pointer; `to` is one that such a call has left, or `partita_flow_prepare` has made.
void partita_flow_switch(void **from, void *to);

/// Lays the beginning of a flow on an empty stack: it will run `entry`, and must not return from it.
///
/// `top` is the first byte behind the stack, a multiple of 16. Answers the stack pointer for `partita_flow_switch`.
void *partita_flow_prepare(void *top, void (*entry)(void));

#endif
