package io.headwater.driver.config;

import io.headwater.corpus.words.Segmentation;
import io.headwater.model.fasttext.Subwords;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import java.util.List;
import java.util.Locale;

/** How word vectors are trained; the names are those of the original program. */
public record EmbeddingSection(
    @Setting(value = "`skipgram` or `cbow`", defaultValue = "skipgram") String algorithm,
    @Setting(value = "`ns` (negative sampling) or `hs` (hierarchical softmax)", defaultValue = "ns")
        String loss,
    @Setting(
            value =
                "where words end: at `blanks`; a Chinese character is one (`characters`); words of"
                    + " simplified `chinese` are found by Lucene's smartcn",
            defaultValue = "blanks")
        String segmentation,
    @Setting(
            value =
                "thresholds of word2phrase, one for each pass that joins pairs of words, `200,100`"
                    + " say; no pass without one",
            defaultValue = "")
        List<String> phrases,
    @Setting(value = "length of a word's vector", defaultValue = "100") int dim,
    @Setting(value = "words to each side at most", derived = "5; 15 for glove") int window,
    @Setting(value = "rarer words, and phrases, are left out", defaultValue = "5") long minCount,
    @Setting(
            value = "occurrences of words more frequent than this are thinned out; 0 keeps all",
            derived = "1e-3; 1e-4 for fasttext")
        double sample,
    @Setting(value = "words drawn against each centre", defaultValue = "5") int negative,
    @Setting(
            value =
                "`shared`: a window's words meet the same negatives, by small matrix products;"
                    + " `pair`: each pair draws its own, as the original program does",
            defaultValue = "shared")
        String negatives,
    @Setting(
            value = "at the start; falls linearly, but for glove, which has AdaGrad",
            derived = "0.025 for skipgram, 0.05 for cbow, fasttext and glove")
        double learningRate,
    @Setting(value = "passes over the corpus", derived = "5; 25 for glove") int epochs,
    @Setting(
            value = "threads that train at the same time; one gives the same bits by seed",
            defaultValue = "1")
        int threads,
    @Setting(value = "fasttext: characters of the shortest n-gram", defaultValue = "3") int minN,
    @Setting(value = "fasttext: characters of the longest; 0 for no n-grams", defaultValue = "6")
        int maxN,
    @Setting(value = "fasttext: rows that the n-grams share", defaultValue = "2000000") int buckets,
    @Setting(
            value = "glove: count from which on co-occurrences have full weight",
            defaultValue = "100")
        double xMax,
    @Setting(value = "glove: exponent of the weight below x-max", defaultValue = "0.75")
        double alpha,
    @Setting(
            value =
                "glove: MiB that counts may take in this process before Spark sorts them, on disk if need be",
            defaultValue = "512")
        int memoryMib,
    @Setting(
            value =
                "in one process: words, or co-occurrences of glove, of an epoch between two checkpoints"
                    + " inside it; 0 writes none there",
            defaultValue = "1000000000")
        long checkpointWords,
    @Setting(value = "of initial vectors and all that is drawn", defaultValue = "1") long seed) {
  public EmbeddingSection {
    Check.that(
        "embedding.algorithm", algorithm, algorithm.matches("skipgram|cbow"), "skipgram or cbow");
    Check.that("embedding.loss", loss, loss.matches("ns|hs"), "ns or hs");
    Segmentation.named(segmentation);
    phrases = List.copyOf(phrases);
    for (String threshold : phrases) {
      Check.that(
          "embedding.phrases",
          threshold,
          threshold.matches("[0-9]{1,9}(\\.[0-9]{1,9})?"),
          "numbers >= 0, one for each pass");
    }
    Check.that("embedding.dim", dim, dim >= 1 && dim <= 4096, "in [1, 4096]");
    Check.that("embedding.window", window, window >= 1 && window <= 1000, "in [1, 1000]");
    Check.that("embedding.min-count", minCount, minCount >= 1, ">= 1");
    Check.that("embedding.sample", sample, sample >= 0 && sample <= 1, "in [0, 1]");
    Check.that("embedding.negative", negative, negative >= 1 && negative <= 1000, "in [1, 1000]");
    Check.that(
        "embedding.negatives", negatives, negatives.matches("shared|pair"), "shared or pair");
    Check.that(
        "embedding.learning-rate",
        learningRate,
        learningRate > 0 && learningRate <= 1,
        "in (0, 1]");
    Check.that("embedding.epochs", epochs, epochs >= 1, ">= 1");
    Check.that("embedding.threads", threads, threads >= 1 && threads <= 1024, "in [1, 1024]");
    Check.that("embedding.max-n", maxN, maxN >= 0 && maxN <= 100, "in [0, 100]");
    Check.that("embedding.min-n", minN, minN >= 0 && (maxN == 0 || minN <= maxN), "in [0, max-n]");
    Check.that("embedding.buckets", buckets, buckets >= 1, ">= 1");
    Check.that("embedding.x-max", xMax, xMax > 0, "> 0");
    Check.that("embedding.alpha", alpha, alpha >= 0 && alpha <= 10, "in [0, 10]");
    Check.that("embedding.memory-mib", memoryMib, memoryMib >= 1, ">= 1");
    Check.that("embedding.checkpoint-words", checkpointWords, checkpointWords >= 0, ">= 0");
    Check.that("embedding.seed", seed, seed >= 0, ">= 0");
  }

  /** The score from which on each pass joins a pair of words. */
  public List<Double> phraseThresholds() {
    return phrases.stream().map(Double::valueOf).toList();
  }

  public Word2VecConfig word2vec() {
    return new Word2VecConfig(
        Algorithm.valueOf(algorithm.toUpperCase(Locale.ROOT)),
        Loss.valueOf(loss.toUpperCase(Locale.ROOT)),
        dim,
        window,
        sample,
        negative,
        Negatives.valueOf(negatives.toUpperCase(Locale.ROOT)),
        learningRate,
        epochs,
        threads,
        seed);
  }

  public GloveConfig glove() {
    return new GloveConfig(dim, window, xMax, alpha, learningRate, epochs, threads, seed);
  }

  /** Without n-grams there are no rows for them. */
  public Subwords subwords() {
    return new Subwords(minN, maxN, maxN == 0 ? 0 : buckets);
  }
}
