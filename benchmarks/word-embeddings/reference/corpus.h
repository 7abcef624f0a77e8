/* A text as word numbers, the most frequent word first; -1 after each sentence. */
#ifndef CORPUS_H
#define CORPUS_H

typedef struct {
  char *word;
  long long count;
} Word;

typedef struct {
  Word *words;
  int size;             /* words that occur often enough */
  long long total;      /* their occurrences */
  int *ids;
  long long length;     /* of ids */
} Corpus;

Corpus corpus_read(const char *file, long long min_count);

/* word2vec's text format. */
void vectors_write(const char *file, const Corpus *corpus, const float *rows, int width);

double seconds(void);

#endif
