// The longest messages that its ports allow, written and read to the very end of each window.
#include <HostileLoad.h>
#include <partita.h>

static uint8_t message[8192];

int main(void) {
  SAMPLING_PORT_ID_TYPE out = 0, in = 0;
  RETURN_CODE_TYPE status;
  CREATE_SAMPLING_PORT("FLOOD_OUT", sizeof message, SOURCE, 1000000000, &out, &status);
  CREATE_SAMPLING_PORT("FLOOD_IN", sizeof message, DESTINATION, 1000000000, &in, &status);
  behave_until_due();
  report_completion(out == 0 || in == 0);
  while (1) {
    size_t size;
    VALIDITY_TYPE validity;
    WRITE_SAMPLING_MESSAGE(out, message, sizeof message, &status);
    partita_read_sampling_message(in, message, sizeof message, &size, &validity);
  }
}
