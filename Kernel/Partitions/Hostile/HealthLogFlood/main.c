// Raises errors as fast as the kernel answers: the health monitor's log is all partitions' together. Then it looks in
// the log for its own last errors, and for those of others, which are none of its business.
#include <HostileLoad.h>
#include <partita.h>

// The witnesses have had twenty errors, which are kept: what is left of the log is the flood's.
enum { application_error = 1, error_log_count = 10, rounds = 1000, own_share = 12 };

static const char text[] = "again";

int main(void) {
  behave_until_due();
  unsigned long wrong = 0;
  uint64_t own = *(volatile uint64_t *)(PARTITA_INFORMATION_PAGE + PARTITA_PARTITION_INDEX);
  for (unsigned i = 0; i < rounds; i++) {
    wrong += partita_hypercall3(PARTITA_RAISE_APPLICATION_ERROR, application_error, (uint64_t)text, sizeof text).status;
  }
  uint64_t count = partita_hypercall1(PARTITA_READ_STATISTIC, error_log_count).value;
  wrong += count < rounds;
  for (uint64_t number = 0; number < count + 2; number++) {
    struct partita_answer answer = partita_hypercall2(PARTITA_READ_ERROR_LOG, number, PARTITA_ERROR_DESCRIPTION);
    if (answer.status == NO_ERROR) wrong += (answer.value & 0xFF) != own;
    if (number + own_share >= count && number < count) wrong += answer.status != NO_ERROR;
    if (number >= count) wrong += answer.status == NO_ERROR;
  }
  report_completion(wrong);
  while (1) partita_hypercall3(PARTITA_RAISE_APPLICATION_ERROR, application_error, 0, 0);
}
