"""Skip-gram with negative sampling by gensim: trains, prints words a second of the training alone."""
import sys
import time

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence

text, vectors, epochs, threads, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
model = Word2Vec(vector_size=100, window=5, min_count=5, sample=1e-4, negative=5, sg=1, seed=seed, workers=threads)
model.build_vocab(LineSentence(text))
begin = time.time()
model.train(LineSentence(text), total_examples=model.corpus_count, epochs=epochs)
print(epochs * sum(model.wv.get_vecattr(w, "count") for w in model.wv.index_to_key) / (time.time() - begin))
model.wv.save_word2vec_format(vectors)
