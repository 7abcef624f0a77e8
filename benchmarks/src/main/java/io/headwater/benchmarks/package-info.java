package io.headwater.benchmarks;
