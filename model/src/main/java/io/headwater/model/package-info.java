package io.headwater.model;
