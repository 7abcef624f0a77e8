package io.headwater.ps;
