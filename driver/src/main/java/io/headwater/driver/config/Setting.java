package io.headwater.driver.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a component of a configuration record is, for binding and for the documentation. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
  /** The meaning in one phrase. */
  String value();

  /** Taken where nothing is given. */
  String defaultValue() default NONE;

  /** Where the default comes from, in words, if it is not a fixed one. */
  String derived() default "";

  /** No fixed default: the value is derived, or must be given. */
  String NONE = "\0";
}
