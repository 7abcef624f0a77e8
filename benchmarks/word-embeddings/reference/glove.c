/*
 * GloVe as Pennington et al. have it (doi:10.3115/v1/D14-1162): pairs counted by 1/distance to both
 * sides, shuffled, AdaGrad in double precision, a pair at a time, threads without locks. All in memory.
 *
 * usage: glove TEXT VECTORS EPOCHS THREADS SEED
 * prints co-occurrences a second of the training alone
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"

enum { DIM = 100, ROW = DIM + 1, WINDOW = 10, MIN_COUNT = 5 };
static const double RATE = 0.05, X_MAX = 10, ALPHA = 0.75;

typedef struct {
  int word, context;
  double count;
} Entry;

static Corpus corpus;
static Entry *entries;
static long long entry_count;
static double *rows, *squares; /* words, then contexts; the last column is the bias */
static int epochs, threads;

static unsigned long long next(unsigned long long *state) {
  *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
  return *state >> 33;
}

static void *room(size_t bytes) {
  void *at = malloc(bytes);
  if (!at) {
    fprintf(stderr, "Cannot allocate %zu bytes\n", bytes);
    exit(1);
  }
  return at;
}

/* Counts of pairs, the lower word first, in open addressing; word -1: free. */
static Entry *table;
static long long slots = 1 << 20, pairs;

static Entry *find(int word, int context) {
  unsigned long long key = (unsigned long long)word << 32 | (unsigned)context;
  long long at = (long long)((key * 0x9e3779b97f4a7c15ULL) >> 20) & (slots - 1);
  while (table[at].word >= 0 && (table[at].word != word || table[at].context != context)) at = (at + 1) & (slots - 1);
  return &table[at];
}

static void grow(void) {
  Entry *old = table;
  long long before = old ? slots : 0;
  if (old) slots *= 2;
  table = room(sizeof(Entry) * (size_t)slots);
  for (long long i = 0; i < slots; i++) table[i].word = -1;
  for (long long i = 0; i < before; i++)
    if (old[i].word >= 0) *find(old[i].word, old[i].context) = old[i];
  free(old);
}

static void count(void) {
  grow();
  for (long long at = 0; at < corpus.length; at++) {
    for (int distance = 1; distance <= WINDOW && at - distance >= 0; distance++) {
      int a = corpus.ids[at], b = corpus.ids[at - distance];
      if (a < 0 || b < 0) break;
      Entry *entry = find(a < b ? a : b, a < b ? b : a);
      if (entry->word < 0) {
        *entry = (Entry){a < b ? a : b, a < b ? b : a, 0};
        if (++pairs > slots / 4 * 3) {
          grow();
          entry = find(a < b ? a : b, a < b ? b : a);
        }
      }
      entry->count += (a == b ? 2.0 : 1.0) / distance; /* a word meets itself from both sides */
    }
  }
}

static void shuffle(unsigned long long *state) {
  entries = room(sizeof(Entry) * 2 * (size_t)pairs);
  for (long long i = 0; i < slots; i++) {
    if (table[i].word < 0) continue;
    entries[entry_count++] = table[i];
    if (table[i].word != table[i].context)
      entries[entry_count++] = (Entry){table[i].context, table[i].word, table[i].count};
  }
  free(table);
  for (long long last = entry_count - 1; last > 0; last--) {
    unsigned long long wide = next(state) << 31 | next(state);
    long long other = (long long)(wide % (unsigned long long)(last + 1));
    Entry moved = entries[last];
    entries[last] = entries[other];
    entries[other] = moved;
  }
}

static void step(const Entry *entry) {
  double *w = rows + (long long)entry->word * ROW, *sw = squares + (long long)entry->word * ROW;
  double *c = rows + (long long)(corpus.size + entry->context) * ROW;
  double *sc = squares + (long long)(corpus.size + entry->context) * ROW;
  double difference = w[DIM] + c[DIM] - log(entry->count);
  for (int d = 0; d < DIM; d++) difference += w[d] * c[d];
  double weight = entry->count > X_MAX ? 1 : pow(entry->count / X_MAX, ALPHA);
  double error = weight * difference * RATE;
  for (int d = 0; d < DIM; d++) {
    double gw = error * c[d], gc = error * w[d];
    w[d] -= gw / sqrt(sw[d]);
    c[d] -= gc / sqrt(sc[d]);
    sw[d] += gw * gw;
    sc[d] += gc * gc;
  }
  w[DIM] -= error / sqrt(sw[DIM]);
  c[DIM] -= error / sqrt(sc[DIM]);
  sw[DIM] += error * error;
  sc[DIM] += error * error;
}

static void *train(void *argument) {
  long long thread = (long long)argument;
  for (int epoch = 0; epoch < epochs; epoch++)
    for (long long e = entry_count * thread / threads; e < entry_count * (thread + 1) / threads; e++) step(&entries[e]);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: glove TEXT VECTORS EPOCHS THREADS SEED\n");
    return 2;
  }
  epochs = atoi(argv[3]);
  threads = atoi(argv[4]);
  unsigned long long state = (unsigned long long)atoll(argv[5]);
  corpus = corpus_read(argv[1], MIN_COUNT);
  count();
  shuffle(&state);
  size_t numbers = 2 * (size_t)corpus.size * ROW;
  rows = room(sizeof(double) * numbers);
  squares = room(sizeof(double) * numbers);
  for (size_t i = 0; i < numbers; i++) {
    rows[i] = ((double)next(&state) / 2147483648.0 - 0.5) / DIM;
    squares[i] = 1;
  }
  pthread_t *running = room(sizeof(pthread_t) * (size_t)threads);
  double begin = seconds();
  for (long long t = 0; t < threads; t++) pthread_create(&running[t], NULL, train, (void *)t);
  for (int t = 0; t < threads; t++) pthread_join(running[t], NULL);
  printf("%.0f\n", (double)epochs * (double)entry_count / (seconds() - begin));
  float *sums = room(sizeof(float) * (size_t)corpus.size * DIM);
  for (long long w = 0; w < corpus.size; w++)
    for (int d = 0; d < DIM; d++) sums[w * DIM + d] = (float)(rows[w * ROW + d] + rows[(corpus.size + w) * ROW + d]);
  vectors_write(argv[2], &corpus, sums, DIM);
  return 0;
}
