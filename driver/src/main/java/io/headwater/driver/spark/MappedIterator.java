package io.headwater.driver.spark;

import java.util.Iterator;
import java.util.function.Function;

/** Makes one thing of another as it is asked for, as tasks of Spark hand on what they read. */
public record MappedIterator<A, B>(Iterator<A> from, Function<A, B> to) implements Iterator<B> {
  @Override
  public boolean hasNext() {
    return from.hasNext();
  }

  @Override
  public B next() {
    return to.apply(from.next());
  }
}
