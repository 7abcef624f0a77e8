/** What writing text with a model costs. */
package io.headwater.benchmarks.generation;
