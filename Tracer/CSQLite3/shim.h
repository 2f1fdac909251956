#include <sqlite3.h>

/* A name in double quotes that nothing has becomes an error, and no text: SQLite takes a misspelt column for a text by
   default. What sets that takes any number of arguments, which Swift cannot call. */
static inline int partita_sqlite_take_quotes_for_names(sqlite3 *database) {
  int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
  return code != SQLITE_OK ? code : sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
}
