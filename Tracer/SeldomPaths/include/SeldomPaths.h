/// A mark for compilers.
#ifndef PARTITA_SELDOM_PATHS_H
#define PARTITA_SELDOM_PATHS_H

/// Does nothing. The compiler takes whatever leads here for a path that is seldom gone, and keeps it out of the way of
/// those that are gone often.
__attribute__((cold, noinline)) void partita_seldom(void);

#endif
