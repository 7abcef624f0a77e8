package io.headwater.checkpoint;
