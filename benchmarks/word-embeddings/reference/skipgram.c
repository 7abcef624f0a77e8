/*
 * Skip-gram with negative sampling as Mikolov et al. have it (arXiv:1310.4546): a pair of words at a
 * time, each with negatives of its own, the sigmoid from a table, threads without locks.
 *
 * usage: skipgram TEXT VECTORS EPOCHS THREADS SEED
 * prints words a second of the training alone
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"

enum { DIM = 100, WINDOW = 5, NEGATIVE = 5, MIN_COUNT = 5, SENTENCE = 1000, BINS = 1000 };
static const float RATE = 0.025f, SAMPLE = 1e-4f, LIMIT = 6;
static const int UNIGRAMS = 100000000;

static Corpus corpus;
static float *in, *out, sigmoid[BINS];
static int *unigrams;
static int epochs, threads;
static long long done; /* words, by all threads; read and written without locks like the rows */
static float rate;

static unsigned long long next(unsigned long long *state) {
  return *state = *state * 25214903917ULL + 11;
}

static void prepare(unsigned long long seed) {
  size_t floats = (size_t)corpus.size * DIM;
  in = aligned_alloc(128, (floats * sizeof(float) + 127) / 128 * 128);
  out = aligned_alloc(128, (floats * sizeof(float) + 127) / 128 * 128);
  unigrams = malloc(sizeof(int) * (size_t)UNIGRAMS);
  if (!in || !out || !unigrams) exit(1);
  for (size_t i = 0; i < floats; i++) {
    in[i] = ((float)(next(&seed) & 0xffff) / 65536 - 0.5f) / DIM;
    out[i] = 0;
  }
  for (int i = 0; i < BINS; i++) {
    double e = exp((2.0 * i / BINS - 1) * LIMIT);
    sigmoid[i] = (float)(e / (e + 1));
  }
  double all = 0, share = 0;
  for (int w = 0; w < corpus.size; w++) all += pow((double)corpus.words[w].count, 0.75);
  for (int at = 0, w = -1; at < UNIGRAMS; at++) {
    while (w < 0 || ((double)at / UNIGRAMS >= share && w < corpus.size - 1))
      share += pow((double)corpus.words[++w].count, 0.75) / all;
    unigrams[at] = w;
  }
}

static void pair(int input, int centre, float alpha, unsigned long long *state) {
  float *x = in + (long long)input * DIM;
  float step[DIM] = {0};
  for (int k = 0; k <= NEGATIVE; k++) {
    int target = centre;
    if (k > 0) {
      target = unigrams[(next(state) >> 16) % (unsigned)UNIGRAMS];
      if (target == centre) continue;
    }
    float label = k == 0;
    float *y = out + (long long)target * DIM;
    float product = 0;
    for (int d = 0; d < DIM; d++) product += x[d] * y[d];
    float guess = product > LIMIT    ? 1
                  : product < -LIMIT ? 0
                                     : sigmoid[(int)((product + LIMIT) * (BINS / LIMIT / 2))];
    float g = (label - guess) * alpha;
    for (int d = 0; d < DIM; d++) step[d] += g * y[d];
    for (int d = 0; d < DIM; d++) y[d] += g * x[d];
  }
  for (int d = 0; d < DIM; d++) x[d] += step[d];
}

/* The next sentence, frequent words thinned out; -1 at the end. */
static int sentence(long long *at, long long end, int *words, long long *read, unsigned long long *state) {
  if (*at >= end) return -1;
  int length = 0;
  while (*at < end && length < SENTENCE) {
    int id = corpus.ids[(*at)++];
    if (id < 0) break;
    ++*read;
    float ratio = SAMPLE * (float)corpus.total / (float)corpus.words[id].count;
    if (sqrtf(ratio) + ratio < (float)(next(state) & 0xffff) / 65536) continue;
    words[length++] = id;
  }
  return length;
}

static void *train(void *argument) {
  long long thread = (long long)argument;
  unsigned long long state = (unsigned long long)thread * 7919 + 1;
  int words[SENTENCE], length;
  for (int epoch = 0; epoch < epochs; epoch++) {
    long long at = corpus.length * thread / threads, end = corpus.length * (thread + 1) / threads;
    long long read = 0, told = 0;
    while ((length = sentence(&at, end, words, &read, &state)) >= 0) {
      if (read - told > 10000) {
        done += read - told;
        told = read;
        float left = 1 - (float)done / (float)(epochs * corpus.total + 1);
        rate = RATE * (left > 1e-4f ? left : 1e-4f);
      }
      for (int position = 0; position < length; position++) {
        int reach = WINDOW - (int)((next(&state) >> 16) % WINDOW);
        for (int p = position - reach; p <= position + reach; p++)
          if (p != position && p >= 0 && p < length) pair(words[p], words[position], rate, &state);
      }
    }
    done += read - told;
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: skipgram TEXT VECTORS EPOCHS THREADS SEED\n");
    return 2;
  }
  epochs = atoi(argv[3]);
  threads = atoi(argv[4]);
  corpus = corpus_read(argv[1], MIN_COUNT);
  prepare((unsigned long long)atoll(argv[5]));
  rate = RATE;
  pthread_t *running = malloc(sizeof(pthread_t) * (size_t)threads);
  double begin = seconds();
  for (long long t = 0; t < threads; t++) pthread_create(&running[t], NULL, train, (void *)t);
  for (int t = 0; t < threads; t++) pthread_join(running[t], NULL);
  printf("%.0f\n", (double)(epochs * corpus.total) / (seconds() - begin));
  vectors_write(argv[2], &corpus, in, DIM);
  return 0;
}
