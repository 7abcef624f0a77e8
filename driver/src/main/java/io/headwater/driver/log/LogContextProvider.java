package io.headwater.driver.log;

import java.util.Map;
import org.apache.logging.log4j.core.util.ContextDataProvider;

/** Gives {@link LogContext} to Log4j, which finds this class by its service file. */
public final class LogContextProvider implements ContextDataProvider {
  @Override
  public Map<String, String> supplyContextData() {
    return LogContext.of(Thread.currentThread().getName());
  }
}
