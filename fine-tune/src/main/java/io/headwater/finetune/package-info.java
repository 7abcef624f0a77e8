package io.headwater.finetune;
