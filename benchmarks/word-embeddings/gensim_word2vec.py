"""Skip-gram or CBOW with negative sampling by gensim: prints words a second of the training alone.

usage: gensim_word2vec.py TEXT VECTORS EPOCHS THREADS SEED skipgram|cbow
"""
import sys
import time

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence

text, vectors, epochs, threads, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
skipgram = sys.argv[6] == "skipgram"
model = Word2Vec(
    vector_size=100, window=5, min_count=5, sample=1e-4, negative=5, sg=int(skipgram), seed=seed, workers=threads,
    alpha=0.025 if skipgram else 0.05)
model.build_vocab(LineSentence(text))
begin = time.time()
model.train(LineSentence(text), total_examples=model.corpus_count, epochs=epochs)
print(epochs * sum(model.wv.get_vecattr(w, "count") for w in model.wv.index_to_key) / (time.time() - begin))
model.wv.save_word2vec_format(vectors)
