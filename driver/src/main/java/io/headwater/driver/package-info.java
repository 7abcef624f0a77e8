package io.headwater.driver;
