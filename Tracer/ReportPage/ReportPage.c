#include "ReportPage.h"

// The one thing of C23 in here.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char template[] = {
#embed "../Report/Page/page.html"
};

static const unsigned char style[] = {
#embed "../Report/Page/page.css"
};

static const unsigned char script[] = {
#embed "../Report/Page/format.js"
  , '\n',
#embed "../Report/Page/model.js"
  , '\n',
#embed "../Report/Page/rows.js"
  , '\n',
#embed "../Report/Page/painter.js"
  , '\n',
#embed "../Report/Page/processes.js"
  , '\n',
#embed "../Report/Page/rulers.js"
  , '\n',
#embed "../Report/Page/timeline.js"
  , '\n',
#embed "../Report/Page/controls.js"
  , '\n',
#embed "../Report/Page/selection.js"
  , '\n',
#embed "../Report/Page/claims.js"
  , '\n',
#embed "../Report/Page/figures.js"
  , '\n',
#embed "../Report/Page/selfcheck.js"
  , '\n',
#embed "../Report/Page/main.js"
  , '\n'
};

struct PartitaPagePart partita_page_template(void) {
  return (struct PartitaPagePart){template, sizeof template};
}

struct PartitaPagePart partita_page_style(void) {
  return (struct PartitaPagePart){style, sizeof style};
}

struct PartitaPagePart partita_page_script(void) {
  return (struct PartitaPagePart){script, sizeof script};
}
