#define _POSIX_C_SOURCE 200809L
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void die(const char *what, const char *name) {
  fprintf(stderr, "Cannot %s %s\n", what, name);
  exit(1);
}

static void *room(void *at, size_t bytes) {
  void *more = realloc(at, bytes);
  if (!more) die("allocate", "memory");
  return more;
}

static char *file_read(const char *name, size_t *length) {
  FILE *in = fopen(name, "rb");
  if (!in) die("read", name);
  fseek(in, 0, SEEK_END);
  *length = (size_t)ftell(in);
  rewind(in);
  char *text = room(NULL, *length + 1);
  if (fread(text, 1, *length, in) != *length) die("read", name);
  text[*length] = 0;
  fclose(in);
  return text;
}

/* Words by their text, in open addressing. */
typedef struct {
  Word *words;
  int count, slots;
  int *table; /* number of a word plus one; 0: free */
} Lexicon;

static unsigned long long hash(const char *word) {
  unsigned long long h = 14695981039346656037ULL;
  while (*word) h = (h ^ (unsigned char)*word++) * 1099511628211ULL;
  return h;
}

static int *slot(Lexicon *l, const char *word) {
  int at = (int)(hash(word) % (unsigned)l->slots);
  while (l->table[at] && strcmp(l->words[l->table[at] - 1].word, word)) at = (at + 1) % l->slots;
  return &l->table[at];
}

static void rehash(Lexicon *l, int slots) {
  l->slots = slots;
  free(l->table);
  l->table = calloc((size_t)slots, sizeof(int));
  if (!l->table) die("allocate", "memory");
  for (int i = 0; i < l->count; i++) *slot(l, l->words[i].word) = i + 1;
}

static int number(Lexicon *l, char *word) {
  int *at = slot(l, word);
  if (!*at) {
    if (2 * (l->count + 1) > l->slots) {
      rehash(l, 2 * l->slots);
      at = slot(l, word);
    }
    l->words = room(l->words, sizeof(Word) * (size_t)(l->count + 1));
    l->words[l->count++] = (Word){word, 0};
    *at = l->count;
  }
  return *at - 1;
}

static int by_count(const void *a, const void *b) {
  const Word *x = a, *y = b;
  return x->count == y->count ? strcmp(x->word, y->word) : x->count < y->count ? 1 : -1;
}

Corpus corpus_read(const char *file, long long min_count) {
  size_t bytes;
  char *text = file_read(file, &bytes);
  Corpus corpus = {0};
  corpus.ids = room(NULL, sizeof(int) * (bytes + 1)); /* a byte a word at most */
  Lexicon l = {0};
  rehash(&l, 1 << 20);
  for (char *at = text; *at;) {
    if (*at == '\n') {
      corpus.ids[corpus.length++] = -1;
      at++;
    } else if (*at == ' ') {
      at++;
    } else {
      size_t size = strcspn(at, " \n");
      char end = at[size];
      at[size] = 0;
      int id = number(&l, at);
      l.words[id].count++;
      corpus.ids[corpus.length++] = id;
      at += size;
      if (end == '\n') corpus.ids[corpus.length++] = -1;
      if (end) at++;
    }
  }
  Word *unsorted = room(NULL, sizeof(Word) * (size_t)l.count);
  memcpy(unsorted, l.words, sizeof(Word) * (size_t)l.count);
  qsort(l.words, (size_t)l.count, sizeof(Word), by_count);
  while (corpus.size < l.count && l.words[corpus.size].count >= min_count)
    corpus.total += l.words[corpus.size++].count;
  rehash(&l, l.slots);
  int *rank = room(NULL, sizeof(int) * (size_t)l.count);
  for (int i = 0; i < l.count; i++) rank[i] = *slot(&l, unsorted[i].word) - 1;
  long long kept = 0;
  for (long long i = 0; i < corpus.length; i++) {
    int id = corpus.ids[i] < 0 ? -1 : rank[corpus.ids[i]];
    if (id < corpus.size) corpus.ids[kept++] = id;
  }
  corpus.length = kept;
  corpus.ids = room(corpus.ids, sizeof(int) * (size_t)(kept + 1));
  corpus.words = l.words;
  free(unsorted);
  free(rank);
  free(l.table);
  return corpus;
}

void vectors_write(const char *file, const Corpus *corpus, const float *rows, int width) {
  FILE *out = fopen(file, "w");
  if (!out) die("write", file);
  fprintf(out, "%d %d\n", corpus->size, width);
  for (int w = 0; w < corpus->size; w++) {
    fputs(corpus->words[w].word, out);
    for (int d = 0; d < width; d++) fprintf(out, " %f", rows[(long long)w * width + d]);
    fputc('\n', out);
  }
  if (fclose(out)) die("write", file);
}

double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
