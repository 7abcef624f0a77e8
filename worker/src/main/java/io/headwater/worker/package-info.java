package io.headwater.worker;
