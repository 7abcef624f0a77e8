/**
 * Looks at a machine before a run is started on it: {@code Doctor} asks every {@code Check}, each
 * of which says what it found and what to do about it.
 */
package io.headwater.driver.doctor;
