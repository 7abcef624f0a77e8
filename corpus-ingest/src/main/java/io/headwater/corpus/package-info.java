package io.headwater.corpus;
