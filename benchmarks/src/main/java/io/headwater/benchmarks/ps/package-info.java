/** Rounds of the parameter server beside other ways to sum gradients and spread the result. */
package io.headwater.benchmarks.ps;
