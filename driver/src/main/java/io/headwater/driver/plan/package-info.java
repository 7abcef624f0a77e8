/** Says what a run will need and how fast it will be, before it is started: {@code RunPlan}. */
package io.headwater.driver.plan;
