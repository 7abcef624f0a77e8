package io.headwater.driver.doctor;

import java.util.List;

/** Looks at one side of the machine; never throws for what it finds. */
interface Check {
  List<Finding> findings();
}
