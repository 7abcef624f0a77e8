package io.headwater.corpus;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** The elements of many iterators, one iterator open at a time. */
final class Flattened<S, E, R> implements Iterator<R> {
  private final Iterator<S> sources;
  private final Function<S, Iterator<E>> open;
  private final Function<E, R> convert;
  private Iterator<E> current = Collections.emptyIterator();

  Flattened(Iterator<S> sources, Function<S, Iterator<E>> open, Function<E, R> convert) {
    this.sources = sources;
    this.open = open;
    this.convert = convert;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && sources.hasNext()) {
      current = open.apply(sources.next());
    }
    return current.hasNext();
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return convert.apply(current.next());
  }
}
