/**
 * The measurements behind every speed claim; each has a command in {@code benchmarks/README.md}.
 */
package io.headwater.benchmarks;
