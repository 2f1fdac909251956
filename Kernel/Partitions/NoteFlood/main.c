// Leaves data in the trace as fast as it can, for the benchmark: bursts of samples as a driver would have them from its
// device. A sample is four words: its number, its time, a measured value that drifts with noise of 12 bits, and the
// channel with the reading as it came. Every burst is made anew.
#include <partita.h>

enum { samples = PARTITA_MAXIMUM_NOTE_WORDS / 4, period = 25, channels = 4 };

struct sample {
  uint64_t number, time, value, reading;
};

static struct sample burst[samples];

int main(void) {
  RETURN_CODE_TYPE status;
  SET_PARTITION_MODE(NORMAL, &status);
  uint64_t number = 0, value = 1 << 20, noise = 0x9E3779B97F4A7C15;
  for (;;) {
    uint64_t time = (uint64_t)partita_now();
    for (struct sample *sample = burst; sample < burst + samples; sample++) {
      noise = noise * 0x5851F42D4C957F2D + 0x14057B7EF767814F;
      uint64_t reading = noise >> 52;
      value += reading - 2048;
      sample->number = number;
      sample->time = time;
      sample->value = value;
      sample->reading = reading | number % channels << 32;
      number++;
      time += period;
    }
    partita_note_words((const uint64_t *)burst, sizeof burst / 8);
  }
}
