#include "SeldomPaths.h"

void partita_seldom(void) {}
