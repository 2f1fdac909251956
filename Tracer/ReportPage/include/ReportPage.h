/// The page's parts in `Report/Page/`, compiled in: a resource bundle would have to lie beside the command wherever it
/// is copied. In C, where the compiler takes files as they are: as literals of Swift they cost it most of a minute.
#ifndef PARTITA_REPORT_PAGE_H
#define PARTITA_REPORT_PAGE_H

#include <stddef.h>

/// Bytes that are there as long as the program runs.
struct PartitaPagePart {
  const unsigned char *bytes;
  size_t count;
};

/// The template, with its slots.
struct PartitaPagePart partita_page_template(void);
struct PartitaPagePart partita_page_style(void);
/// All scripts in the order in which they need each other, each with a line's end behind it.
struct PartitaPagePart partita_page_script(void);

#endif
